"""Businesses' own accounts with vendors, each in the place of the deployment's for one business."""
