"""A telecom and its customers' phones: the Mobile-ID REST API on one side, a page that plays the phone on the other.

python -m sandbox.mobile_id --port 8002 --data var/sandbox/mobile_id
"""
