"""The exercises for learners: each is a lesson with a hole, and claims judge what the learner writes."""
