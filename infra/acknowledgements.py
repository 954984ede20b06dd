"""Findings of cdk-nag that are accepted: reasons stand here, and each is given at the narrowest construct it concerns."""

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct

Reasons = Mapping[str, str]

_RUNTIME = "Python 3.13 is what the locked wheels and the shipped bytecode are for; the runtime moves with them, by the lock"

FUNCTION: Reasons = {
    "AwsSolutions-L1": _RUNTIME,
    "Serverless-LambdaLatestVersion": _RUNTIME,
    "Serverless-LambdaDLQ": "Nothing calls this function asynchronously: API Gateway waits for it, and queues and "
    "streams have dead-letter queues of their own",
    "Serverless-LambdaTracing": "Tracing needs a right on every resource and a third of a boto3 client's import at each "
    "cold start; structured logs carry one correlation id through every step instead",
}

SNAP_START: Reasons = {
    "Annotation::@aws-cdk/aws-lambda:snapStartRequirePublish": "Triggers call the alias of a published version",
}

QUEUE_MAPPING: Reasons = {
    "Serverless-LambdaEventSourceMappingDestination": "A queue's failures go to its own dead-letter queue after bounded "
    "tries; destinations are for streams",
}

DEAD_LETTER_QUEUE: Reasons = {
    "AwsSolutions-SQS3": "This is a dead-letter queue",
    "Serverless-SQSRedrivePolicy": "This is a dead-letter queue",
}

ALARM_SUBSCRIPTION: Reasons = {
    "Serverless-SNSRedrivePolicy": "Alarms go to people by e-mail: SNS tries again by itself, and the dashboard shows every "
    "alarm's state; a queue for lost alarms would need an alarm",
}

ROOT_SECRET: Reasons = {
    "AwsSolutions-SMG4": "Turning this secret would orphan every blind index; a migration changes the versioned keys",
}

USER_POOL: Reasons = {
    "AwsSolutions-COG1": "Registration checks length and common passwords; rules of composition weaken (ASVS 6.2.5)",
    "AwsSolutions-COG2": "Members prove their contact by code; second factors of staff belong to the staff console",
    "AwsSolutions-COG3": "Log-in goes through our /sessions with its own limits and lock-out: the pool sees one caller",
    "AwsSolutions-COG8": "The plus plan adds what our own log-in does, for a price by member and month",
}

PUBLIC_ROUTE: Reasons = {
    "AwsSolutions-APIG4": "Public by the interface document: what comes before a token, with throttles of its own",
}

DISTRIBUTION: Reasons = {
    "AwsSolutions-CFR1": "Members travel: a programme that serves one country says so by a rule of its own",
    "AwsSolutions-CFR3": "API Gateway logs every request without personal data; this log would keep viewers' addresses",
    "AwsSolutions-CFR4": "Until the programme's owner brings a domain and its certificate, the name is CloudFront's own",
}


FILES: Reasons = {
    "AwsSolutions-S1": "Each file is made and read by a job that keeps who asked for it; a log of its own would be a second bucket",
}


FOLDER = "A folder of our own bucket, named: the files in it are named by the jobs that make them"


def acknowledge(construct: IConstruct, reasons: Reasons) -> None:
    """Accepts these rules' findings on one construct and what it contains."""
    Validations.of(construct).acknowledge(*(Acknowledgment(id=rule, reason=reason) for rule, reason in reasons.items()))
