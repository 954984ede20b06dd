"""The cloud as code: stages as data, one construct per capability, stacks that only compose."""
