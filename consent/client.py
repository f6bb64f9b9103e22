"""Where a request comes from: the address of the browser, and whether it came by TLS, as our own proxies tell it and nobody else."""

import ipaddress
import re
from functools import cache

from django.conf import settings

# The name that staff have given a tablet. A browser that was handed over once carries it for a year.
DEVICE = "__Host-device" if settings.HTTPS else "device"
# Whatever a proxy might say of the browser behind it.
SAID_BY_PROXIES = re.compile(r"HTTP_(X_)?(FORWARDED|REAL_IP|CLIENT_IP|CLUSTER_CLIENT_IP|TRUE_CLIENT_IP)(_\w+)?$")


def address(request) -> str:
    """The address of the browser. A header can change it only when one of our own proxies sent it."""
    return request.META.get("REMOTE_ADDR", "")


def behind_proxies(get_response):
    """From here on the request tells the browser's own address and scheme; what nobody vouches for is taken off it."""

    def middleware(request):
        meta = request.META
        said = {name: meta.pop(name) for name in list(meta) if SAID_BY_PROXIES.match(name)}
        if is_ours(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = browser(meta["REMOTE_ADDR"], said.get("HTTP_X_FORWARDED_FOR", ""))
            if came_by_tls(said.get("HTTP_X_FORWARDED_PROTO", "")):
                meta["HTTP_X_FORWARDED_PROTO"] = "https"
        return get_response(request)

    return middleware


def browser(nearest, forwarded):
    """The first address from the right that is not a proxy of ours: all to the left of it anybody may have written."""
    for each in reversed(forwarded.split(",")):
        found = parsed(each.strip())
        if found is None:
            return nearest
        nearest = str(found)
        if not is_ours(nearest):
            return nearest
    return nearest


def came_by_tls(proto):
    """A proxy that appends leaves what the browser wrote in front: every word has to say so."""
    return {each.strip().lower() for each in proto.split(",")} == {"https"}


def is_ours(text):
    found = parsed(text)
    return found is not None and any(found in network for network in networks(tuple(settings.TRUSTED_PROXIES)))


def parsed(text):
    """An address, or None when the text is none. An IPv4 address is one, however it is written."""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


@cache
def networks(texts):
    return [ipaddress.ip_network(each, strict=False) for each in texts]
