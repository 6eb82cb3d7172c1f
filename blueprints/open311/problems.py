"""What a program is told that asked for something wrong: GeoReport v2 wants a status and words a person can read."""


class Problem(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description
