"""A function that reads a table's stream: bounded tries, a record that keeps failing is isolated by halving its batch and set aside."""

from aws_cdk import Duration, aws_lambda, aws_sqs
from constructs import Construct

from infra.constructs.function import RegularsFunction
from infra.stage import Stage

BATCH_SIZE = 100
RETRIES_MAX = 20
RECORD_AGE_MAX = Duration.hours(12)
BATCHES_IN_PARALLEL = 2


def read_stream(
    scope: Construct,
    construct_id: str,
    *,
    stream_arn: str,
    reader: RegularsFunction,
    stage: Stage,
    dead_letters: aws_sqs.Queue,
    pattern: str,
) -> None:
    """Feeds a function with the stream's records that fit a pattern; what it gives up is told to a dead-letter queue."""
    mapping = aws_lambda.CfnEventSourceMapping(
        scope,
        construct_id,
        function_name=reader.target.function_arn,
        event_source_arn=stream_arn,
        starting_position="TRIM_HORIZON",
        batch_size=BATCH_SIZE,
        maximum_batching_window_in_seconds=0 if stage.is_local else 1,
        parallelization_factor=BATCHES_IN_PARALLEL,
        bisect_batch_on_function_error=True,
        function_response_types=["ReportBatchItemFailures"],
        maximum_retry_attempts=RETRIES_MAX,
        maximum_record_age_in_seconds=int(RECORD_AGE_MAX.to_seconds()),
        destination_config=aws_lambda.CfnEventSourceMapping.DestinationConfigProperty(
            on_failure=aws_lambda.CfnEventSourceMapping.OnFailureProperty(destination=dead_letters.queue_arn)
        ),
        filter_criteria=aws_lambda.CfnEventSourceMapping.FilterCriteriaProperty(
            filters=[aws_lambda.CfnEventSourceMapping.FilterProperty(pattern=pattern)]
        ),
    )
    mapping.node.add_dependency(reader.role)
