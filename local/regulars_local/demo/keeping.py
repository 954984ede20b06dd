"""Nothing is forgotten while the clock stands in another year."""

from regulars_local.running import RunningStack


def keep_everything(running: RunningStack) -> None:
    """Switches time to live off: the emulator removes items by the real clock, by which everything of last year is long over."""
    dynamodb = running.cloud.dynamodb
    for table in dynamodb.list_tables()["TableNames"]:
        described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        attribute = described.get("AttributeName")
        if attribute and described.get("TimeToLiveStatus") == "ENABLED":
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification={"Enabled": False, "AttributeName": attribute})
