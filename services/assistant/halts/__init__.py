"""The kill switch: who pulls it, who lifts it, and how every process learns of it."""
