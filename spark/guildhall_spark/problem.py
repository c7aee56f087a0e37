class Problem(Exception):
    """What stops this job, in words for whoever runs it: what was expected, what was found, what to do."""
