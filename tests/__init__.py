"""The tests, at the same paths as the code; journeys/ goes through the portal in a real browser, support/ is what they share."""
