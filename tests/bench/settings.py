"""The settings, with a hash of passwords that costs nothing: what is slow on purpose is not measured."""

from clincalc.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
