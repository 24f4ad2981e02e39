"""A `Mail` as the bytes that travel: headers that nothing can be smuggled into, plain text with HTML beside it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from email_validator import EmailNotValidError, validate_email

from portal.integrations.ports import AdapterError, Mail

LONGEST_NAME = 120
LONGEST_SUBJECT = 250
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e]+")
"""Line ends of any kind would end a header; marks of direction would let a sender's name read like another."""
LONGEST_ADDRESS = 254
ODD = re.compile(r'"?([^\s@"<>\\](?:[^@"<>\\]*[^\s@"<>\\])?)"?@([\w.-]+)')
"""One @ with something on both sides, and nothing that ends an address or what is quoted."""
UNFOLDED = frozenset({"list-unsubscribe", "list-unsubscribe-post", "message-id"})
"""Headers that machines read: Python would write a long address in them as an encoded word, which nobody reads."""


class _Policy(EmailPolicy):
    """Wire format: CRLF, seven bits, and addresses whole."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


WIRE = _Policy(linesep="\r\n", cte_type="7bit", max_line_length=78)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an SMTP conversation needs: bare addresses, the bytes, and whether an address is beyond ASCII."""

    sender: str
    recipient: str
    content: bytes

    @property
    def international(self) -> bool:
        """Whether the server has to know SMTPUTF8 (RFC 6531)."""
        return not (self.sender + self.recipient).isascii()


def compose(mail: Mail, sender: str, now: datetime) -> Envelope:
    """The mail from our address `sender`. Raises AdapterError("bad_address"), permanent, or ("bad_header")."""
    ours, theirs = bare(sender), reachable(mail.to)
    message = EmailMessage(policy=WIRE)
    message["From"] = _address(ours, plain(mail.sender_name, LONGEST_NAME))
    message["To"] = _address(theirs)
    answer_to = _reply_to(mail.reply_to)
    if answer_to:
        message["Reply-To"] = _address(answer_to)
    message["Subject"] = plain(mail.subject, LONGEST_SUBJECT)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(mail.message_id, ours)
    # No vacation notice, please (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        _add(message, name, value)
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    policy = WIRE if (ours + theirs).isascii() else WIRE.clone(utf8=True)
    return Envelope(ours, theirs, message.as_bytes(policy=policy))


def bare(address: str) -> str:
    """An address that is one address and nothing else, its domain in ASCII. Raises AdapterError("bad_address")."""
    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise AdapterError("bad_address", permanent=True, detail=type(error).__name__) from error
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


def reachable(address: str) -> str:
    """A reader's address, its domain in ASCII. One that our rules dislike ("jonas..w@docomo.example" is in use) goes
    out all the same, its name quoted, if it can do no harm: the mail server has the last word.

    Raises AdapterError("bad_address").
    """
    address = address.strip()
    try:
        return bare(address)
    except AdapterError:
        odd = ODD.fullmatch(address)
        if odd is None or len(address) > LONGEST_ADDRESS or UNPRINTABLE.search(address):
            raise
    return f'"{odd[1]}"@{bare(f"x@{odd[2]}").removeprefix("x@")}'


def _reply_to(address: str) -> str:
    """Where an answer goes; "" where nothing could arrive: the mail is worth more than that line."""
    try:
        return reachable(address)
    except AdapterError:
        return ""


def _address(checked: str, name: str = "") -> Address | str:
    if checked.startswith('"'):
        return checked
    # In two parts, because as one text Python takes no letters beyond ASCII.
    local, _, domain = checked.rpartition("@")
    return Address(name, local, domain)


def plain(text: str, longest: int) -> str:
    """Text for a header: one line, nothing invisible, not too long."""
    line = " ".join(UNPRINTABLE.sub(" ", text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def message_id(unique: str, sender: str) -> str:
    """`<unique@domain of the sender>`, or the id as it is when it has a domain of its own."""
    inside = re.sub(r"[^\x21-\x7e]|[<>]", "", unique)
    return f"<{inside}>" if "@" in inside else f"<{inside}@{sender.rpartition('@')[2]}>"


def _add(message: EmailMessage, name: str, value: str) -> None:
    if not HEADER_NAME.fullmatch(name) or UNPRINTABLE.search(value) or name in message:
        raise AdapterError("bad_header", permanent=True, detail=name)
    if name.lower() in UNFOLDED and not value.isascii():
        raise AdapterError("bad_header", permanent=True, detail=name)
    message[name] = value
