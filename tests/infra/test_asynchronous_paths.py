"""Every asynchronous path has bounded tries, a dead-letter queue and an alarm on it."""

import json
from typing import Any

import pytest

from tests.infra.reading import StackReader

FOURTEEN_DAYS = 14 * 24 * 3600
WORKERS = ["deliver_messages", "settle_accounts", "simulate_program", "check_ledger", "import_lines", "export_ledger"]


def _dead_letter_queues(stack: StackReader) -> set[str]:
    """The queues nothing is redriven from: where paths end."""
    return {name for name, queue in stack.of_type("AWS::SQS::Queue").items() if "RedrivePolicy" not in queue}


def _alarms_on(stack: StackReader, metric: str) -> list[dict[str, Any]]:
    return [alarm for alarm in stack.of_type("AWS::CloudWatch::Alarm").values() if metric == alarm.get("MetricName")]


def test_every_work_queue_gives_up_after_five_tries(stack: StackReader) -> None:
    """A poisoned message ends in a dead-letter queue that keeps it 14 days."""
    queues = stack.of_type("AWS::SQS::Queue")
    work = [queue for queue in queues.values() if "RedrivePolicy" in queue]
    assert len(WORKERS) == len(work)
    for queue in work:
        assert 5 == queue["RedrivePolicy"]["maxReceiveCount"]
        dead_letters = queues[queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]]
        assert dead_letters["MessageRetentionPeriod"] == FOURTEEN_DAYS


@pytest.mark.parametrize("function", WORKERS)
def test_workers_report_the_messages_that_failed(stack: StackReader, function: str) -> None:
    """One poisoned message does not block its batch, and no second worker gets it while the first may still run."""
    (mapping,) = stack.mappings_of(function)
    assert ["ReportBatchItemFailures"] == mapping["FunctionResponseTypes"]
    queue = stack.of_type("AWS::SQS::Queue")[mapping["EventSourceArn"]["Fn::GetAtt"][0]]
    assert 6 * stack.functions()[function]["Timeout"] == queue["VisibilityTimeout"]


def test_settlement_works_on_all_shards_at_once(stack: StackReader) -> None:
    """One message a batch, and as many workers as there are shards."""
    (mapping,) = stack.mappings_of("settle_accounts")
    assert (mapping["BatchSize"], mapping["ScalingConfig"]["MaximumConcurrency"]) == (
        1,
        int(stack.environment("settle_accounts")["DUE_SHARDS"]),
    )
    assert stack.environment("accounts")["DUE_SHARDS"] == stack.environment("settle_accounts")["DUE_SHARDS"]


def test_a_night_of_a_real_stage_has_sixteen_shards(dev: StackReader, prod: StackReader, local: StackReader) -> None:
    """The due index is spread over 16 partitions; the emulator starts a process a worker, so there are two."""
    assert ["16", "16", "2"] == [each.environment("settle_accounts")["DUE_SHARDS"] for each in (dev, prod, local)]


def test_the_relay_reads_the_stream_of_every_context_that_tells(stack: StackReader) -> None:
    """Changes of program, members, accounts and service leave through their streams."""
    read = {mapping["EventSourceArn"]["Fn::GetAtt"][0] for mapping in stack.mappings_of("relay_events")}
    assert {stack.table_id(table) for table in ("program", "members", "accounts", "service")} == read
    streams = {name: table["StreamSpecification"]["StreamViewType"] for name, table in _streaming(stack).items()}
    assert dict.fromkeys(read, "NEW_IMAGE") == streams


def _streaming(stack: StackReader) -> dict[str, dict[str, Any]]:
    return {name: table for name, table in stack.of_type("AWS::DynamoDB::Table").items() if "StreamSpecification" in table}


def test_the_books_are_fed_with_new_entries_alone(stack: StackReader) -> None:
    """Accounts and guards of the same stream cost no invocation."""
    (mapping,) = stack.mappings_of("total_points")
    assert mapping["EventSourceArn"]["Fn::GetAtt"][0] == stack.table_id("accounts")
    (pattern,) = mapping["FilterCriteria"]["Filters"]
    assert {"eventName": ["INSERT"], "dynamodb": {"Keys": {"sk": {"S": [{"prefix": "ENTRY#"}]}}}} == json.loads(pattern["Pattern"])


@pytest.mark.parametrize("function", ["relay_events", "total_points"])
def test_a_stream_s_reader_isolates_what_it_cannot_take(stack: StackReader, function: str) -> None:
    """A failing record is found by halving, tried a bounded number of times for a bounded time, then set aside."""
    for mapping in stack.mappings_of(function):
        assert mapping["BisectBatchOnFunctionError"]
        assert ["ReportBatchItemFailures"] == mapping["FunctionResponseTypes"]
        assert 20 == mapping["MaximumRetryAttempts"]
        assert 12 * 3600 == mapping["MaximumRecordAgeInSeconds"]
        assert "TRIM_HORIZON" == mapping["StartingPosition"]
        assert mapping["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0] in _dead_letter_queues(stack)


def test_every_bus_rule_has_bounded_retries_and_a_dead_letter_queue(stack: StackReader) -> None:
    """What cannot be put on its queue is kept."""
    for rule in stack.of_type("AWS::Events::Rule").values():
        (target,) = rule["Targets"]
        assert {"MaximumRetryAttempts": 50, "MaximumEventAgeInSeconds": 12 * 3600} == target["RetryPolicy"]
        assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in _dead_letter_queues(stack)


def test_a_job_goes_to_the_worker_of_its_kind(stack: StackReader) -> None:
    """One rule a kind, whose queue feeds that kind's worker; members are told of none."""
    rules = {str(rule["EventPattern"].get("detail", {}).get("kind", "")): rule for rule in stack.of_type("AWS::Events::Rule").values()}
    assert "JobRequested" in str(rules.pop("")["EventPattern"]["detail-type"])
    workers = {"simulation": "simulate_program", "import": "import_lines", "export": "export_ledger"}
    assert {f"['{kind}']" for kind in workers} == set(rules)
    for kind, worker in workers.items():
        (mapping,) = stack.mappings_of(worker)
        assert mapping["EventSourceArn"] == rules[f"['{kind}']"]["Targets"][0]["Arn"]


@pytest.mark.parametrize(
    ("job", "hour", "worker"),
    [
        ("settle_accounts", "cron(10 0 * * ? *)", "settle_accounts"),
        ("review_tiers", "cron(10 1 * * ? *)", "settle_accounts"),
        ("check_ledger", "cron(40 3 * * ? *)", "check_ledger"),
    ],
)
def test_a_schedule_names_its_time_zone_and_what_happens_when_it_fails(stack: StackReader, job: str, hour: str, worker: str) -> None:
    """After midnight in Shanghai, into its worker's queue, with bounded retries and a dead-letter queue."""
    schedules = {json.loads(each["Target"]["Input"])["job"]: each for each in stack.of_type("AWS::Scheduler::Schedule").values()}
    assert {"settle_accounts", "review_tiers", "check_ledger"} == set(schedules)
    schedule = schedules[job]
    assert hour == schedule["ScheduleExpression"]
    assert "Asia/Shanghai" == schedule["ScheduleExpressionTimezone"]
    assert {"MaximumRetryAttempts": 20, "MaximumEventAgeInSeconds": 6 * 3600} == schedule["Target"]["RetryPolicy"]
    assert schedule["Target"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] in _dead_letter_queues(stack)
    (mapping,) = stack.mappings_of(worker)
    assert mapping["EventSourceArn"] == schedule["Target"]["Arn"]


def test_every_dead_letter_queue_has_an_alarm(stack: StackReader) -> None:
    """The first message that was given up on is seen."""
    alarms = _alarms_on(stack, "ApproximateNumberOfMessagesVisible")
    watched = {alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for alarm in alarms}
    assert _dead_letter_queues(stack) == watched
    assert {1} == {alarm["Threshold"] for alarm in alarms}


def test_every_work_queue_has_an_alarm_on_waiting(stack: StackReader) -> None:
    """Work that nobody takes is seen."""
    watched = {alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for alarm in _alarms_on(stack, "ApproximateAgeOfOldestMessage")}
    assert set(stack.of_type("AWS::SQS::Queue")) - _dead_letter_queues(stack) == watched


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
def test_every_function_has_an_alarm_on_failing_and_on_being_held_back(stack: StackReader, metric: str) -> None:
    """No function fails unseen."""
    watched = {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in _alarms_on(stack, metric)}
    assert set(stack.of_type("AWS::Lambda::Function")) == watched


def test_streams_readers_have_an_alarm_on_their_lag(stack: StackReader) -> None:
    """Events that leave late are seen after five minutes, books that are behind after an hour."""
    assert [5 * 60 * 1000, 60 * 60 * 1000] == sorted(alarm["Threshold"] for alarm in _alarms_on(stack, "IteratorAge"))


def test_a_ledger_that_does_not_agree_with_itself_is_seen(stack: StackReader) -> None:
    """One difference raises the alarm."""
    (alarm,) = _alarms_on(stack, "LedgerDifferences")
    assert ("Regulars", 1) == (alarm["Namespace"], alarm["Threshold"])
    assert [{"Name": "service", "Value": "check_ledger"}] == alarm["Dimensions"]
    assert "check_ledger" == stack.environment("check_ledger")["POWERTOOLS_SERVICE_NAME"]


def test_the_interface_has_an_alarm_on_its_own_failures(stack: StackReader) -> None:
    """Answers of 5xx are seen."""
    (alarm,) = _alarms_on(stack, "5xx")
    assert "AWS/ApiGateway" == alarm["Namespace"]


def test_alarms_are_plain_and_speak_to_the_operators(stack: StackReader) -> None:
    """Each alarm is one metric with one threshold, and tells the topic."""
    (topic,) = stack.of_type("AWS::SNS::Topic")
    for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
        assert [{"Ref": topic}] == alarm["AlarmActions"]
        assert "Metrics" not in alarm
        assert "notBreaching" == alarm["TreatMissingData"]
        assert alarm["AlarmDescription"]
    assert {} == stack.of_type("AWS::CloudWatch::CompositeAlarm")


def test_alarms_can_reach_the_operators(stack: StackReader) -> None:
    """A topic that refuses plain HTTP has lost its default policy: CloudWatch is let in by name, from this account."""
    allowed = [
        statement for statement in stack.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"] if statement["Effect"] == "Allow"
    ]
    assert [{"Service": "cloudwatch.amazonaws.com"}] == [statement["Principal"] for statement in allowed]
    assert [{"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}] == [each["Condition"] for each in allowed]


def test_spending_for_sms_is_watched(stack: StackReader) -> None:
    """Codes that somebody pumps cost money before anything fails."""
    assert 1 == len(_alarms_on(stack, "SMSMonthToDateSpentUSD"))


def test_queues_are_encrypted_and_refuse_plain_http(stack: StackReader) -> None:
    """No message travels or lies in clear."""
    queues = stack.of_type("AWS::SQS::Queue")
    assert [] == [name for name, queue in queues.items() if not queue["SqsManagedSseEnabled"]]
    protected = {
        policy["Queues"][0]["Ref"]
        for policy in stack.of_type("AWS::SQS::QueuePolicy").values()
        if "aws:SecureTransport" in str(policy["PolicyDocument"])
    }
    assert set(queues) == protected
