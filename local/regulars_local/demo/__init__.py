"""`regulars demo`: a real supermarket's year through the public interface, reconciled against a calculation of its own."""
