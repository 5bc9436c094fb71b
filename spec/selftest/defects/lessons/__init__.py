"""Broken packages of lessons; each holds the lesson with the fault, and declares it as ``defect``."""
