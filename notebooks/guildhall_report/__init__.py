"""The Python behind report.ipynb."""
