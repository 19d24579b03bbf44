"""Text becomes sound: answers read aloud."""
