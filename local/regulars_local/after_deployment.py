"""What the emulator accepts in a template but does not apply, and what a real account does once by hand."""

from regulars_local.cloud import Cloud

_EXPIRING_TABLES = ("TableMembers", "TableMessaging")
_TTL_ATTRIBUTE = "ttl"
_QUEUE_WORKERS = 2
"""A worker costs the emulator a second or two of unpacking; a laptop is quicker with two than with sixteen."""


def complete_deployment(cloud: Cloud, outputs: dict[str, str]) -> None:
    """Switches time to live on, verifies the sender's address, limits the queues' workers; repeating it changes nothing."""
    for output in _EXPIRING_TABLES:
        _switch_ttl_on(cloud, outputs[output])
    _verify_sender(cloud, outputs["FunctionDeliverMessages"])
    for output in ("FunctionDeliverMessages", "FunctionSettleAccounts"):
        _limit_workers(cloud, outputs[output])


def _limit_workers(cloud: Cloud, function: str) -> None:
    for mapping in cloud.functions.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]:
        if mapping.get("ScalingConfig", {}).get("MaximumConcurrency") != _QUEUE_WORKERS:
            cloud.functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig={"MaximumConcurrency": _QUEUE_WORKERS})


def _switch_ttl_on(cloud: Cloud, table: str) -> None:
    described = cloud.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    if described.get("TimeToLiveStatus") not in {"ENABLED", "ENABLING"}:
        specification = {"Enabled": True, "AttributeName": _TTL_ATTRIBUTE}
        cloud.dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)  # type: ignore[arg-type]


def _verify_sender(cloud: Cloud, function: str) -> None:
    configuration = cloud.functions.get_function_configuration(FunctionName=function)
    sender = configuration.get("Environment", {}).get("Variables", {})["SENDER_EMAIL"]
    try:
        cloud.mail.get_email_identity(EmailIdentity=sender)
    except cloud.mail.exceptions.NotFoundException:
        cloud.mail.create_email_identity(EmailIdentity=sender)
