"""What the server of processes loads before it forks a worker: the product, and boto's description of DynamoDB."""

from regulars.aws import clients
from tests.simulation.processes import worker

WORK = worker.work

clients._session().create_client(
    "dynamodb", region_name="us-east-1", endpoint_url="http://127.0.0.1:9", aws_access_key_id="test", aws_secret_access_key="test"
)
