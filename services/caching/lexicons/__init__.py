"""What two briefs may differ in and still ask for the same, a language each."""
