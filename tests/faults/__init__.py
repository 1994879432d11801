"""Faults, while people work: `make faults`, or python -m tests.faults [lane …] [--seconds N]

The demonstration's server runs on a database of its own. Four editors write, a desk brings one edition after the other
to its readers (an editor, two signers, a publisher), a reporter reports, two readers read; all of them by HTTP, through the
forms that they are shown, and each sends a form again until it is answered. Meanwhile its workers are killed, the
database is restarted (PostgreSQL), or locked and moved away (SQLite), and the disk is full for a while.

At the end what was answered is what the trail holds, each act once and in its order, the trail is whole, and no reader saw
anything but what was published at that moment.

* `run`: one run of all that
* `people`: who works, and what they were told
* `server`: the server, started as `make demo` starts it; its workers
* `harm`: what is done to them, and when
* `found`: what the database holds in the end
"""
