"""Plain metric alarms that tell the operators' topic: no maths, no composites, so that each says what it means."""

from typing import cast

from aws_cdk import Aws, Duration, aws_cloudwatch, aws_iam, aws_sns, aws_sqs
from constructs import Construct

from infra.acknowledgements import ALARM_SUBSCRIPTION, acknowledge
from infra.constructs.function import RegularsFunction
from infra.stage import Stage

_PERIOD = Duration.minutes(5)


class Alarms(Construct):
    """Makes the alarms and the topic they speak to. Each alarm stands in the construct whose path it watches."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        self.topic = aws_sns.Topic(self, "Topic", enforce_ssl=True)
        self.topic.add_to_resource_policy(_alarms_may_publish(self.topic))
        if stage.alarm_email is not None:
            operators = aws_sns.Subscription(
                self,
                "Operators",
                topic=self.topic,
                protocol=aws_sns.SubscriptionProtocol.EMAIL,
                endpoint=stage.alarm_email,
            )
            acknowledge(operators, ALARM_SUBSCRIPTION)
        self.made: list[aws_cloudwatch.Alarm] = []

    def on_messages_in(self, scope: Construct, queue: aws_sqs.Queue) -> None:
        """Speaks when anything lies in a dead-letter queue."""
        metric = queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum")
        self.add(scope, "NotEmpty", metric, 1, f"Something was given up on: look into {scope.node.path}")

    def on_age_of(self, scope: Construct, queue: aws_sqs.Queue, limit: Duration) -> None:
        """Speaks when work waits longer than it should."""
        metric = queue.metric_approximate_age_of_oldest_message(period=_PERIOD, statistic="Maximum")
        self.add(scope, "Waiting", metric, limit.to_seconds(), "Work waits too long: is the worker failing or too slow?")

    def on_failures_of(self, function: RegularsFunction) -> None:
        """Speaks when a function fails or is held back."""
        errors = function.function.metric_errors(period=_PERIOD)
        self.add(function, "Errors", errors, 1, f"{function.spec.name} failed: look into its log group")
        throttles = function.function.metric_throttles(period=_PERIOD)
        self.add(function, "Throttles", throttles, 1, f"{function.spec.name} was held back by a concurrency limit")

    def on_lag_of(self, function: RegularsFunction, limit: Duration) -> None:
        """Speaks when a stream's reader falls behind."""
        metric = function.function.metric("IteratorAge", period=_PERIOD, statistic="Maximum")
        self.add(function, "Lag", metric, limit.to_milliseconds(), f"{function.spec.name} is behind its streams")

    def on_spending_for_sms(self, scope: Construct, limit_usd: int) -> None:
        """Speaks when this month's SMS cost more than expected: somebody may be pumping codes (S5)."""
        metric = aws_cloudwatch.Metric(namespace="AWS/SNS", metric_name="SMSMonthToDateSpentUSD", statistic="Maximum", period=_PERIOD)
        self.add(scope, "SmsSpending", metric, limit_usd, "SMS of this month cost more than expected: look into registrations")

    def on_failures_at_the_door(self, scope: Construct, failures: aws_cloudwatch.IMetric) -> None:
        """Speaks when callers are told that it is our fault."""
        self.add(scope, "Failures", failures, 1, "The interface answered with 5xx: look into the access log by status")

    def add(self, scope: Construct, name: str, metric: aws_cloudwatch.IMetric, threshold: float, description: str) -> None:
        """An alarm at or above the threshold in one period; no data means all is quiet."""
        alarm = aws_cloudwatch.Alarm(
            scope,
            name,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=aws_cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=aws_cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=description,
        )
        # SnsAction would do the same and import the whole of EC2, four seconds of every synthesis
        cast("aws_cloudwatch.CfnAlarm", alarm.node.default_child).alarm_actions = [self.topic.topic_arn]
        self.made.append(alarm)


def _alarms_may_publish(topic: aws_sns.Topic) -> aws_iam.PolicyStatement:
    """A topic with a policy of its own has lost the default one, by which CloudWatch could speak to it."""
    return aws_iam.PolicyStatement(
        principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )
