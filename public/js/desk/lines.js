// Lines of a job, edited in place.
