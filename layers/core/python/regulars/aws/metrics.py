"""Counts as metrics, each by one line of the log (EMF); apart from the logger, as only few functions measure."""

import os

from aws_lambda_powertools.metrics import MetricUnit, single_metric


def report_metric(name: str, count: int) -> None:
    """One count; namespace and service come from Powertools' own environment variables."""
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Regulars")
    with single_metric(name=name, unit=MetricUnit.Count, value=count, namespace=namespace) as metric:
        metric.add_dimension("service", os.environ.get("POWERTOOLS_SERVICE_NAME", "regulars"))
