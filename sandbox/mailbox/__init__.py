"""Everybody's mailbox and phone, for trying the portal out: the mails and SMS it sends arrive here and are shown on one page.

    python -m sandbox.mailbox --host 127.0.0.1 --http-port 8003 --smtp-port 8004 --data var/sandbox/mailbox

Some ways to fail can be tried: a mail to `nobody@…` is refused for good, an SMS to anything but a phone number too, and
`POST /control {"fail": "mail"}` (or `"sms"`, or `null`) makes the mail server or the telecom refuse everything "for now".
"""
