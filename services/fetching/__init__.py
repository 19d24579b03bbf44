"""Pages and files of the public web, fetched so that a link leads nowhere else."""
