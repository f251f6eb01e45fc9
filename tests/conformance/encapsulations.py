# SPDX-License-Identifier: Apache-2.0
"""One small TCP conversation inside of every link type and tunnel, as pcap files.

CASES maps a name to (link type, wrap): `wrap(packet, i)` puts the headers of the case around the i-th IP packet.
"""
from __future__ import annotations

import struct
from collections.abc import Callable

CLIENT4, SERVER4 = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
CLIENT6 = bytes.fromhex("20010db8000000000000000000000001")
SERVER6 = bytes.fromhex("20010db8000000000000000000000002")
OUTER4 = bytes([198, 51, 100, 1]), bytes([198, 51, 100, 2])
OUTER6 = bytes.fromhex("20010db8ffff00000000000000000001"), bytes.fromhex("20010db8ffff00000000000000000002")
MAC_A, MAC_B = bytes.fromhex("001b21000001"), bytes.fromhex("001b21000002")
SYN, ACK, PSH, FIN = 2, 16, 8, 1


def be16(value: int) -> bytes:
    return struct.pack(">H", value)


def be32(value: int) -> bytes:
    return struct.pack(">I", value)


def le16(value: int) -> bytes:
    return struct.pack("<H", value)


def le32(value: int) -> bytes:
    return struct.pack("<I", value)


def ipv4(payload: bytes, protocol: int, ends: tuple[bytes, bytes] = OUTER4, fragment: int = 0) -> bytes:
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, fragment, 64, protocol, 0) + ends[0] + ends[1] + payload


def ipv6(payload: bytes, protocol: int, ends: tuple[bytes, bytes] = OUTER6) -> bytes:
    return struct.pack(">IHBB", 0x60000000, len(payload), protocol, 64) + ends[0] + ends[1] + payload


def segment(source: int, destination: int, seq: int, ack: int, flags: int, data: bytes, options: bytes = b"") -> bytes:
    offset = (20 + len(options)) // 4 << 4
    return struct.pack(">HHIIBBHHH", source, destination, seq, ack, offset, flags, 8192, 0, 0) + options + data


def conversation(version: int = 4) -> list[tuple[bool, bytes]]:
    """(sent by the client, IP packet) of a handshake, data both ways, and the end."""
    scale = bytes([2, 4, 5, 180, 1, 3, 3, 4])
    steps = [
        (True, 100, 0, SYN, b"", scale), (False, 500, 101, SYN | ACK, b"", scale), (True, 101, 501, ACK, b"", b""),
        (True, 101, 501, PSH | ACK, b"request" * 5, b""), (False, 501, 136, PSH | ACK, b"answer" * 9, b""),
        (True, 136, 555, ACK | FIN, b"", b""), (False, 555, 137, ACK | FIN, b"", b""), (True, 137, 556, ACK, b"", b""),
    ]
    packets = []
    for by_client, seq, ack, flags, data, options in steps:
        ports = (40000, 80) if by_client else (80, 40000)
        tcp = segment(*ports, seq, ack, flags, data, options)
        if version == 4:
            packets.append((by_client, ipv4(tcp, 6, (CLIENT4, SERVER4) if by_client else (SERVER4, CLIENT4))))
        else:
            packets.append((by_client, ipv6(tcp, 6, (CLIENT6, SERVER6) if by_client else (SERVER6, CLIENT6))))
    return packets


def pcap(link_type: int, frames: list[bytes], snaplen: int = 65535) -> bytes:
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link_type)
    for i, frame in enumerate(frames):
        out += struct.pack("<IIII", 1700000000 + i, i, min(len(frame), snaplen), len(frame)) + frame[:snaplen]
    return out


# Headers --------------------------------------------------------------------------------------------------------------

def ether_type_of(packet: bytes) -> int:
    return 0x0800 if packet[0] >> 4 == 4 else 0x86DD


def eth(payload: bytes, ether_type: int | None = None, a: bytes = MAC_A, b: bytes = MAC_B) -> bytes:
    return b + a + be16(ether_type if ether_type is not None else ether_type_of(payload)) + payload


def typed(packet: bytes) -> bytes:
    return be16(ether_type_of(packet)) + packet


def snap(packet: bytes, ether_type: int | None = None) -> bytes:
    return b"\xaa\xaa\x03\0\0\0" + be16(ether_type if ether_type is not None else ether_type_of(packet)) + packet


def udp(payload: bytes, destination: int, source: int = 50000, length: int | None = None) -> bytes:
    return struct.pack(">HHHH", source, destination, 8 + len(payload) if length is None else length, 0) + payload


def in_udp(payload: bytes, destination: int, source: int = 50000, length: int | None = None) -> bytes:
    return eth(ipv4(udp(payload, destination, source, length), 17))


def in_ip(payload: bytes, protocol: int) -> bytes:
    return eth(ipv4(payload, protocol))


def in_ip6(payload: bytes, protocol: int) -> bytes:
    return eth(ipv6(payload, protocol))


def gre(payload: bytes, protocol: int, flags: int = 0, more: bytes = b"") -> bytes:
    return be16(flags) + be16(protocol) + more + payload


def erspan2(frame: bytes) -> bytes:
    return be16(0x1064) + be16(0x0005) + be32(9) + frame


def erspan3(frame: bytes, frame_type: int = 0, platform: bytes = b"") -> bytes:
    return be16(0x2064) + be16(0x0005) + be32(123456) + be16(0) + be16(frame_type << 10 | (1 if platform else 0)) + platform + frame


def vxlan(frame: bytes, flags: int = 0x08, next_protocol: int = 0) -> bytes:
    return bytes([flags, 0, 0, next_protocol]) + be32(42 << 8) + frame


def geneve(payload: bytes, protocol: int = 0x6558, options: bytes = b"", critical: int = 0) -> bytes:
    return bytes([len(options) // 4, critical]) + be16(protocol) + be32(42 << 8) + options + payload


def gtp(payload: bytes, flags: int = 0x30, kind: int = 0xFF, more: bytes = b"") -> bytes:
    return bytes([flags, kind]) + be16(len(more) + len(payload)) + be32(0x1234) + more + payload


def mpls(payload: bytes, *labels: int) -> bytes:
    labels = labels or (100,)
    for n, label in enumerate(reversed(labels)):
        payload = be32(label << 12 | (n == 0) << 8 | 64) + payload
    return payload


def ppp(packet: bytes, address: bool = True) -> bytes:
    return (b"\xff\x03" if address else b"") + (b"\0\x21" if packet[0] >> 4 == 4 else b"\0\x57") + packet


def l2tp(payload: bytes, flags: int = 0, offset: int = 0, length: int | None = None) -> bytes:
    header = be16(0x0002 | flags)
    body = be16(1) + be16(2)
    if flags & 0x0800:
        body += be16(3) + be16(4)
    if flags & 0x0200:
        body += be16(offset) + bytes(offset)
    if flags & 0x4000:
        header += be16(4 + len(body) + len(payload) if length is None else length)
    return header + body + payload


def nsh(payload: bytes, next_protocol: int, md_type: int = 1, words: int | None = None) -> bytes:
    contexts = bytes(16) if md_type == 1 else b""
    words = (8 + len(contexts)) // 4 if words is None else words
    return be16(0x0FC0 | words) + bytes([md_type, next_protocol]) + be32(0x000001FF) + contexts + payload


def wlan(payload: bytes, to_ds: bool = True, qos: int | None = None, four: bool = False, flags: int = 0, order: bool = False,
         a: bytes = MAC_A, b: bytes = MAC_B, pad: int = 0, sequence: int = 0x10) -> bytes:
    control = bytes([0x88 if qos is not None else 0x08, flags | (3 if four else 1 if to_ds else 2) | (0x80 if order else 0)])
    header = control + be16(0) + MAC_B + MAC_A + MAC_B + le16(sequence)
    if four:
        header += MAC_A
    if qos is not None:
        header += le16(qos)
    if order:
        header += bytes(4)
    return header + bytes(pad) + payload


def amsdu(*payloads: bytes) -> bytes:
    out = b""
    for payload in payloads:
        out += bytes(-len(out) % 4)
        out += MAC_B + MAC_A + be16(len(payload)) + payload
    return out


def radiotap(frame: bytes, flags: int | None = None, tsft: bool = False, extended: bool = False) -> bytes:
    present = (1 if tsft else 0) | (2 if flags is not None else 0)
    words = [present | 0x80000000, 0] if extended else [present]
    fields = b""
    start = 4 + 4 * len(words)
    if tsft:
        fields += bytes(-(start + len(fields)) % 8) + bytes(8)
    if flags is not None:
        fields += bytes([flags])
    return b"\0\0" + le16(start + len(fields)) + b"".join(le32(w) for w in words) + fields + frame


def ppi(frame: bytes, dlt: int = 105, fcs: bool = False) -> bytes:
    field = le16(2) + le16(20) + bytes(8) + le16(1 if fcs else 0) + bytes(10)
    return bytes([0, 0]) + le16(8 + len(field)) + le32(dlt) + field + frame


def prism(frame: bytes) -> bytes:
    body = b"wlan0".ljust(16, b"\0")
    for item in range(10):
        body += le32(0x00010044 + (item << 12)) + le16(0) + le16(4) + le32(0)
    return le32(0x00000044) + le32(8 + len(body)) + body + frame


def avs(frame: bytes, version: int = 0x80211001) -> bytes:
    return be32(version) + be32(64) + bytes(8) + bytes(8) + be32(4) + be32(6) + be32(2) + bytes(28) + frame


def nflog(packet: bytes, family: int, order: Callable[[int], bytes] = le16) -> bytes:
    prefix = order(5) + order(10) + b"\0" + bytes(3)
    header = order(8) + order(1) + typed(packet)[:2] + b"\0\0"
    return bytes([family, 0]) + be16(0) + header + prefix + order(4 + len(packet)) + order(9) + packet


def pflog(packet: bytes, length: int = 61, family: int = 2) -> bytes:
    return (bytes([length, family, 0, 0]) + b"em0".ljust(16, b"\0") + bytes(80))[: (length + 3) // 4 * 4] + packet


def both(wrap: Callable[[bytes], bytes]) -> Callable[[bytes, int], bytes]:
    return lambda packet, i: wrap(packet)


CASES: dict[str, tuple[int, Callable[[bytes, int], bytes]]] = {}


def case(name: str, link_type: int, wrap: Callable[[bytes], bytes]) -> None:
    CASES[name] = (link_type, both(wrap))


def family(packet: bytes, four: int = 2, six: int = 10) -> int:
    return four if packet[0] >> 4 == 4 else six


# Link types -----------------------------------------------------------------------------------------------------------
case("wlan", 105, lambda p: wlan(snap(p)))
case("wlan_from_ds", 105, lambda p: wlan(snap(p), to_ds=False))
case("wlan_qos", 105, lambda p: wlan(snap(p), qos=0))
case("wlan_qos_order", 105, lambda p: wlan(snap(p), qos=0, order=True))
case("wlan_order_no_qos", 105, lambda p: wlan(snap(p), flags=0x80))
case("wlan_four_addresses", 105, lambda p: wlan(snap(p), four=True))
case("wlan_four_qos", 105, lambda p: wlan(snap(p), four=True, qos=5))
case("wlan_protected", 105, lambda p: wlan(snap(p), flags=0x40))
case("wlan_retry", 105, lambda p: wlan(snap(p), flags=0x08))
case("wlan_amsdu_one", 105, lambda p: wlan(amsdu(snap(p)), qos=0x80))
case("wlan_amsdu_two", 105, lambda p: wlan(amsdu(snap(p), snap(p)), qos=0x80))
case("wlan_mesh", 105, lambda p: wlan(b"\0\x1f" + bytes(4) + snap(p), four=True, qos=0x100))
case("wlan_mesh_extended", 105, lambda p: wlan(b"\2\x1f" + bytes(4) + MAC_A + MAC_B + snap(p), four=True, qos=0x100))
case("wlan_mesh_bit_to_ds", 105, lambda p: wlan(snap(p), qos=0x100))
case("wlan_ethernet_inside", 105, lambda p: wlan(eth(p)))
case("wlan_zeros_before_snap", 105, lambda p: wlan(b"\0\0" + snap(p)))
case("wlan_more_fragments", 105, lambda p: wlan(snap(p), flags=0x04))
case("wlan_later_fragment", 105, lambda p: wlan(snap(p), sequence=0x11))
case("wlan_vlan", 105, lambda p: wlan(snap(be16(5) + typed(p), 0x8100)))
case("wlan_fcs_unsaid", 105, lambda p: wlan(snap(p)) + bytes(4))
case("radiotap", 127, lambda p: radiotap(wlan(snap(p))))
case("radiotap_flags", 127, lambda p: radiotap(wlan(snap(p), qos=0), flags=0))
case("radiotap_fcs", 127, lambda p: radiotap(wlan(snap(p), qos=0) + bytes(4), flags=0x10, tsft=True))
case("radiotap_bad_fcs", 127, lambda p: radiotap(wlan(snap(p)) + bytes(4), flags=0x50))
case("radiotap_pad", 127, lambda p: radiotap(wlan(snap(p), qos=0, pad=2), flags=0x20))
case("radiotap_pad_four", 127, lambda p: radiotap(wlan(snap(p), four=True, pad=2), flags=0x20))
case("radiotap_extended", 127, lambda p: radiotap(wlan(snap(p), qos=0, pad=2), flags=0x20, tsft=True, extended=True))
case("radiotap_fcs_amsdu", 127, lambda p: radiotap(wlan(amsdu(snap(p), snap(p)), qos=0x80) + bytes(4), flags=0x10))
case("prism", 119, lambda p: prism(wlan(snap(p))))
case("prism_avs", 119, lambda p: avs(wlan(snap(p))))
case("prism_bare", 119, lambda p: wlan(snap(p)))
case("avs", 163, lambda p: avs(wlan(snap(p))))
case("avs_version_2", 163, lambda p: avs(wlan(snap(p)), 0x80211002))
case("ppi", 192, lambda p: ppi(wlan(snap(p))))
case("ppi_fcs", 192, lambda p: ppi(wlan(snap(p), qos=0) + bytes(4), fcs=True))
case("ppi_ethernet", 192, lambda p: ppi(eth(p), 1))
case("ppi_raw", 192, lambda p: ppi(p, 12))
case("ppi_ppp", 192, lambda p: ppi(ppp(p), 9))
case("ppi_radiotap", 192, lambda p: ppi(radiotap(wlan(snap(p))), 127))
case("ppp", 9, ppp)
case("ppp_chdlc", 9, lambda p: b"\x0f\0" + typed(p))
case("ppp_chdlc_8f", 9, lambda p: b"\x8f\0" + typed(p))
case("ppp_ether_type", 9, lambda p: b"\xff\3" + typed(p))
case("ppp_llc", 9, lambda p: b"\xff\3\0\x4b" + snap(p))
case("ppp_bridged", 9, lambda p: b"\xff\3\0\x31\0\1" + eth(p))
case("ppp_bridged_fcs", 9, lambda p: b"\xff\3\0\x31\x80\1" + eth(p) + bytes(4))
case("ppp_mux", 9, lambda p: b"\xff\3\0\x59" + bytes([0xC0]) + be16(len(p) + 2)[1:] + b"\0\x21" + p)
case("ppp_hdlc", 50, ppp)
case("ppp_hdlc_short", 50, lambda p: ppp(p, False))
case("ppp_hdlc_chdlc", 50, lambda p: b"\x0f\0" + typed(p))
case("ppp_ether", 51, lambda p: b"\x11\0\0\7" + be16(len(p) + 2) + ppp(p, False))
case("ppp_pppd", 166, lambda p: b"\0" + ppp(p)[1:])
case("ppp_pppd_out", 166, lambda p: b"\1" + ppp(p)[1:])
case("ppp_with_direction", 204, lambda p: b"\1" + ppp(p))
case("ppp_with_direction_short", 204, lambda p: b"\0" + ppp(p, False))
case("cisco_hdlc", 104, lambda p: b"\x0f\0" + typed(p))
case("cisco_hdlc_ppp", 104, ppp)
case("cisco_hdlc_bridged", 104, lambda p: b"\x0f\0" + be16(0x6558) + eth(p))
case("cisco_hdlc_mpls", 104, lambda p: b"\x8f\0" + be16(0x8847) + mpls(p))
case("cisco_hdlc_direction", 205, lambda p: b"\1\x0f\0" + typed(p))
case("frame_relay_ip", 107, lambda p: b"\x18\x41\x03\xcc" + p)
case("frame_relay_nlpid", 107, lambda p: b"\x18\x41\x03" + (b"\xcc" if p[0] >> 4 == 4 else b"\x8e") + p)
case("frame_relay_snap", 107, lambda p: b"\x18\x41\x03\0\x80\0\0\0" + typed(p))
case("frame_relay_snap_bridged", 107, lambda p: b"\x18\x41\x03\0\x80\0\x80\xc2\0\x07" + eth(p))
case("frame_relay_four", 107, lambda p: b"\x18\x40\x00\x01\x03\xcc" + p)
case("frame_relay_ppp", 107, lambda p: b"\x18\x41\x03\xcf" + ppp(p, False))
case("frame_relay_cisco", 107, lambda p: b"\x18\x41" + typed(p))
case("frame_relay_direction", 206, lambda p: b"\0\x18\x41\x03\xcc" + p)
case("ipoib", 242, lambda p: bytes(40) + typed(p)[:2] + b"\0\0" + p)
case("ipoib_twenty", 242, lambda p: bytes(20) + typed(p)[:2] + b"\0\0" + p)
case("fddi", 10, lambda p: b"\x50" + MAC_B + MAC_A + snap(p))
case("fddi_sync", 10, lambda p: b"\xd0" + MAC_B + MAC_A + snap(p))
case("fddi_57", 10, lambda p: b"\x57" + MAC_B + MAC_A + snap(p))
case("fddi_58", 10, lambda p: b"\x58" + MAC_B + MAC_A + snap(p))
case("fddi_5f", 10, lambda p: b"\x5f" + MAC_B + MAC_A + snap(p))
case("fddi_10", 10, lambda p: b"\x10" + MAC_B + MAC_A + snap(p))
case("token_ring", 6, lambda p: b"\x10\x40" + MAC_B + MAC_A + snap(p))
case("token_ring_routed", 6, lambda p: b"\x10\x40" + MAC_B + bytes([MAC_A[0] | 0x80]) + MAC_A[1:] + b"\x06\x30\0\x11\0\x20" + snap(p))
case("token_ring_mac", 6, lambda p: b"\x10\x00" + MAC_B + MAC_A + snap(p))
case("token_ring_odd_route", 6, lambda p: b"\x10\x40" + MAC_B + bytes([MAC_A[0] | 0x80]) + MAC_A[1:] + b"\x05\x30\0\x11\0" + snap(p))
case("arcnet_1051", 7, lambda p: b"\1\2\xf0" + p)
case("arcnet_1201", 7, lambda p: b"\1\2" + bytes([family(p, 0xd4, 0xc4)]) + b"\0\0\1" + p)
case("arcnet_1201_exception", 7, lambda p: b"\1\2\xd4\xff\0\0\xd4\0\0\1" + p)
case("arcnet_linux_1051", 129, lambda p: b"\1\2\0\0\xf0" + p)
case("arcnet_linux_1201", 129, lambda p: b"\1\2\0\0" + bytes([family(p, 0xd4, 0xc4)]) + b"\0\0\1" + p)
case("arcnet_linux_first_split", 129, lambda p: b"\1\2\0\0" + bytes([family(p, 0xd4, 0xc4)]) + b"\1\0\1" + p)
case("arcnet_linux_later_split", 129, lambda p: b"\1\2\0\0" + bytes([family(p, 0xd4, 0xc4)]) + b"\2\0\1" + p)
case("nflog", 239, lambda p: nflog(p, family(p)))
case("nflog_big_endian", 239, lambda p: nflog(p, family(p), be16))
case("nflog_bridge", 239, lambda p: nflog(p, 7))
case("nflog_unspecified", 239, lambda p: nflog(p, 0))
case("atm_rfc1483", 100, snap)
case("atm_rfc1483_routed_ppp", 100, lambda p: b"\xfe\xfe\x03\xcf" + ppp(p, False))
case("atm_rfc1483_bridged", 100, lambda p: b"\xaa\xaa\x03\0\x80\xc2\0\x07\0\0" + eth(p))
case("atm_rfc1483_bridged_fcs", 100, lambda p: b"\xaa\xaa\x03\0\x80\xc2\0\x01\0\0" + eth(p) + bytes(4))
case("atm_clip", 106, snap)
case("atm_clip_bare", 106, lambda p: p)
case("enc", 109, lambda p: le32(family(p, 2, 24)) + bytes(8) + p)
case("enc_big_endian", 109, lambda p: be32(family(p, 2, 24)) + bytes(8) + p)
case("enc_freebsd", 109, lambda p: le32(family(p, 2, 28)) + bytes(8) + p)
case("pflog_61", 117, lambda p: pflog(p, 61, family(p, 2, 24)))
case("pflog_64", 117, lambda p: pflog(p, 64, family(p, 2, 28)))
case("pflog_45", 117, lambda p: pflog(p, 45, family(p, 2, 30)))
case("pflog_72", 117, lambda p: pflog(p, 72, family(p, 2, 24)))
case("pflog_100", 117, lambda p: pflog(p, 100, family(p, 2, 24)))
case("mpls_link", 219, mpls)
case("slip", 8, lambda p: bytes(16) + p)
case("slip_bsdos", 102, lambda p: bytes(24) + p)
case("ppp_bsdos", 103, lambda p: bytes(24) + p)
case("ap1394", 138, lambda p: bytes(16) + typed(p))
case("netanalyzer", 240, lambda p: bytes(4) + eth(p) + bytes(4))
case("netanalyzer_transparent", 241, lambda p: bytes(4) + b"\x55" * 7 + b"\xd5" + eth(p) + bytes(4))
case("netanalyzer_transparent_no_preamble", 241, lambda p: bytes(4) + eth(p) + bytes(4))
case("juniper_ether", 178, lambda p: b"MGC\1" + eth(p))
case("juniper_ether_extension", 178, lambda p: b"MGC\x81\0\6" + b"\1\1\0\2\1\0" + eth(p))
case("juniper_ether_no_l2", 178, lambda p: b"MGC\3" + be32(2) + p)
case("juniper_ppp", 179, lambda p: b"MGC\1" + ppp(p))
case("juniper_frame_relay", 180, lambda p: b"MGC\1" + b"\x18\x41\x03\xcc" + p)
case("juniper_chdlc", 181, lambda p: b"MGC\1" + b"\x0f\0" + typed(p))
case("pktap", 258, lambda p: le32(108) + le32(1) + le32(1) + b"en0".ljust(24, b"\0") + bytes(72) + eth(p))
case("pktap_raw", 258, lambda p: le32(108) + le32(1) + le32(12) + b"utun".ljust(24, b"\0") + bytes(72) + p)
case("pktap_null", 258, lambda p: le32(108) + le32(1) + le32(0) + b"lo0".ljust(24, b"\0") + bytes(72) + le32(family(p, 2, 30)) + p)
case("raw_12", 12, lambda p: p)
case("raw_14", 14, lambda p: p)
case("erf_ethernet", 197, lambda p: bytes(8) + b"\x02\x04" + be16(18 + len(eth(p))) + be16(0) + be16(len(eth(p))) + b"\0\0" + eth(p))
case("erf_hdlc", 197, lambda p: bytes(8) + b"\x01\x04" + be16(16 + len(ppp(p))) + be16(0) + be16(len(ppp(p))) + ppp(p))
case("erf_ipv4", 197, lambda p: bytes(8) + b"\x16\x04" + be16(16 + len(p)) + be16(0) + be16(len(p)) + p)
case("ip_over_fc", 122, lambda p: bytes(16) + snap(p))
case("symantec", 99, lambda p: bytes(6) + typed(p)[:2] + bytes(36) + p)
case("ipnet", 226, lambda p: b"\x01\1\0\0" + be32(0) + be32(0) + be32(0) + be32(0) + be32(0) + p)
case("mpacket", 274, lambda p: b"\x55" * 7 + b"\xd5" + eth(p) + bytes(4))
case("dsa_tag", 283, lambda p: eth(p)[:12] + b"\x40\0\0\0" + eth(p)[12:])
case("dsa_tag_brcm", 281, lambda p: eth(p)[:12] + b"\0\0\0\1" + eth(p)[12:])
case("dsa_tag_edsa", 284, lambda p: eth(p)[:12] + b"\xda\xda\0\0\x40\0\0\0" + eth(p)[12:])
case("tzsp_link", 128, lambda p: b"\1\0\0\1\1" + eth(p))
case("linux_lapd", 177, lambda p: bytes(16) + p)
case("sll_wlan", 113, lambda p: be16(0) + be16(801) + be16(6) + bytes(8) + be16(4) + snap(p))
case("sll_gre_device", 113, lambda p: be16(0) + be16(778) + be16(6) + bytes(8) + be16(0x6558) + eth(p))
case("sll_gre_ip", 113, lambda p: be16(0) + be16(778) + be16(6) + bytes(8) + typed(p))

# Tunnels --------------------------------------------------------------------------------------------------------------
case("ip_in_ip", 1, lambda p: in_ip(p, 4))
case("ip_in_ip6", 1, lambda p: in_ip6(p, 4))
case("six_in_four", 1, lambda p: in_ip(p, 41))
case("six_in_six", 1, lambda p: in_ip6(p, 41))
case("gre", 1, lambda p: in_ip(gre(p, ether_type_of(p)), 47))
case("gre_over_ipv6", 1, lambda p: in_ip6(gre(p, ether_type_of(p)), 47))
case("gre_key", 1, lambda p: in_ip(gre(p, ether_type_of(p), 0x2000, be32(7)), 47))
case("gre_checksum_key_sequence", 1, lambda p: in_ip(gre(p, ether_type_of(p), 0xB000, bytes(12)), 47))
case("gre_routing", 1, lambda p: in_ip(gre(p, ether_type_of(p), 0x4000, bytes(4) + b"\x08\0\0\4" + bytes(4) + bytes(4)), 47))
case("gre_bridging", 1, lambda p: in_ip(gre(eth(p), 0x6558, 0x2000, be32(0x1234500)), 47))
case("gre_6400", 1, lambda p: in_ip(gre(eth(p), 0x6400), 47))
case("gre_mpls", 1, lambda p: in_ip(gre(mpls(p), 0x8847), 47))
case("gre_wccp", 1, lambda p: in_ip(gre(p, 0x883E), 47))
case("gre_wccp_redirect", 1, lambda p: in_ip(gre(b"\0\0\0\0" + p, 0x883E), 47))
case("gre_ppp_0", 1, lambda p: in_ip(gre(ppp(p), 0x880B), 47))
case("gre_pptp", 1, lambda p: in_ip(gre(ppp(p), 0x880B, 0x3001, be16(len(ppp(p))) + be16(5) + be32(1)), 47))
case("gre_pptp_ack", 1, lambda p: in_ip(gre(ppp(p), 0x880B, 0x3081, be16(len(ppp(p))) + be16(5) + be32(1) + be32(2)), 47))
case("gre_pptp_ack_v0", 1, lambda p: in_ip(gre(ppp(p), 0x880B, 0x3080, be16(len(ppp(p))) + be16(5) + be32(1) + be32(2)), 47))
case("gre_pptp_short", 1, lambda p: in_ip(gre(ppp(p, False), 0x880B, 0x3001, be16(len(p) + 2) + be16(5) + be32(1)), 47))
case("gre_erspan_1", 1, lambda p: in_ip(gre(eth(p), 0x88BE), 47))
case("gre_erspan_2", 1, lambda p: in_ip(gre(erspan2(eth(p)), 0x88BE, 0x1000, be32(1)), 47))
case("gre_erspan_2_no_sequence", 1, lambda p: in_ip(gre(erspan2(eth(p)), 0x88BE), 47))
case("gre_erspan_3", 1, lambda p: in_ip(gre(erspan3(eth(p)), 0x22EB, 0x1000, be32(1)), 47))
case("gre_erspan_3_platform", 1, lambda p: in_ip(gre(erspan3(eth(p), 0, bytes(8)), 0x22EB, 0x1000, be32(1)), 47))
case("gre_erspan_3_ip", 1, lambda p: in_ip(gre(erspan3(p, 2), 0x22EB, 0x1000, be32(1)), 47))
case("gre_erspan_3_as_88be", 1, lambda p: in_ip(gre(erspan3(eth(p)), 0x88BE, 0x1000, be32(1)), 47))
case("gre_erspan_2_as_22eb", 1, lambda p: in_ip(gre(erspan2(eth(p)), 0x22EB, 0x1000, be32(1)), 47))
case("gre_aruba", 1, lambda p: in_ip(gre(wlan(snap(p)), 0x8200), 47))
case("gre_aruba_swapped", 1, lambda p: in_ip(gre(wlan(snap(p), qos=0), 0x8370), 47))
case("gre_cmd", 1, lambda p: in_ip(gre(b"\1\1\0\1\0\2" + typed(p), 0x8909), 47))
case("gre_nsh", 1, lambda p: in_ip(gre(nsh(eth(p), 3), 0x894F), 47))
case("gre_frame_relay", 1, lambda p: in_ip(gre(b"\x18\x41\x03\xcc" + p, 0x6559), 47))
case("gre_in_udp", 1, lambda p: in_udp(gre(p, ether_type_of(p)), 4754))
case("gre_version_2", 1, lambda p: in_ip(gre(p, ether_type_of(p), 2), 47))
case("gre_eap_vlan", 1, lambda p: in_ip(gre(be16(5) + typed(p), 0x8100), 47))
case("vxlan", 1, lambda p: in_udp(vxlan(eth(p)), 4789))
case("vxlan_source_port", 1, lambda p: in_udp(vxlan(eth(p)), 50000, 4789))
case("vxlan_no_i_flag", 1, lambda p: in_udp(vxlan(eth(p), 0), 4789))
case("vxlan_vlan", 1, lambda p: in_udp(vxlan(eth(be16(5) + typed(p), 0x8100)), 4789))
case("vxlan_8472", 1, lambda p: in_udp(vxlan(eth(p)), 8472))
case("vxlan_4790", 1, lambda p: in_udp(vxlan(eth(p), 0x0C, 3), 4790))
case("vxlan_gpe_ip", 1, lambda p: in_udp(vxlan(p, 0x0C, 1 if p[0] >> 4 == 4 else 2), 4790))
case("vxlan_gpe_nsh", 1, lambda p: in_udp(vxlan(nsh(eth(p), 3), 0x0C, 4), 4790))
case("vxlan_gpe_mpls", 1, lambda p: in_udp(vxlan(mpls(p), 0x0C, 5), 4790))
case("vxlan_gpe_no_p", 1, lambda p: in_udp(vxlan(eth(p), 0x08, 3), 4790))
case("vxlan_gpe_zero", 1, lambda p: in_udp(vxlan(eth(p), 0x0C, 0), 4790))
case("vxlan_over_ipv6", 1, lambda p: eth(ipv6(udp(vxlan(eth(p)), 4789), 17)))
case("vxlan_udp_length_zero", 1, lambda p: in_udp(vxlan(eth(p)), 4789, length=0))
case("vxlan_udp_length_zero_ipv6", 1, lambda p: eth(ipv6(udp(vxlan(eth(p)), 4789, length=0), 17)))
case("vxlan_udp_length_7", 1, lambda p: in_udp(vxlan(eth(p)), 4789, length=7))
case("vxlan_udp_length_long", 1, lambda p: in_udp(vxlan(eth(p)), 4789, length=2000))
case("vxlan_udp_length_short", 1, lambda p: in_udp(vxlan(eth(p)), 4789, length=8 + len(vxlan(eth(p))) - 1))
case("vxlan_udp_source_0", 1, lambda p: in_udp(vxlan(eth(p)), 4789, 0))
case("vxlan_udp_lite", 1, lambda p: in_ip(udp(vxlan(eth(p)), 4789, length=0), 136))
case("vxlan_from_dns", 1, lambda p: in_udp(vxlan(eth(p)), 4789, 53))
case("geneve", 1, lambda p: in_udp(geneve(eth(p)), 6081))
case("geneve_options", 1, lambda p: in_udp(geneve(eth(p), options=b"\1\2\3\1" + bytes(4)), 6081))
case("geneve_ip", 1, lambda p: in_udp(geneve(p, ether_type_of(p)), 6081))
case("geneve_version_1", 1, lambda p: in_udp(b"\x40" + geneve(eth(p))[1:], 6081))
case("geneve_oam", 1, lambda p: in_udp(geneve(eth(p), critical=0x80), 6081))
case("gtp_u", 1, lambda p: in_udp(gtp(p), 2152, 2152))
case("gtp_u_sequence", 1, lambda p: in_udp(gtp(p, 0x32, more=be16(9) + b"\0\0"), 2152, 2152))
case("gtp_u_extension", 1, lambda p: in_udp(gtp(p, 0x34, more=be16(0) + b"\0\x85\1\0\x09\0"), 2152, 2152))
case("gtp_u_two_extensions", 1, lambda p: in_udp(gtp(p, 0x34, more=be16(0) + b"\0\x85\1\0\x09\x40\1\0\0\0"), 2152, 2152))
case("gtp_u_pdcp", 1, lambda p: in_udp(gtp(p, 0x34, more=be16(0) + b"\0\xc0\1\0\0\0"), 2152, 2152))
case("gtp_u_nr_container", 1, lambda p: in_udp(gtp(p, 0x34, more=be16(0) + b"\0\x84\1\0\0\0"), 2152, 2152))
case("gtp_u_ethernet", 1, lambda p: in_udp(gtp(eth(p)), 2152, 2152))
case("gtp_u_ppp", 1, lambda p: in_udp(gtp(ppp(p)), 2152, 2152))
case("gtp_u_2123", 1, lambda p: in_udp(gtp(p), 2123, 2123))
case("gtp_0", 1, lambda p: in_udp(b"\x1e\xff" + be16(len(p)) + bytes(16) + p, 2152, 2152))
case("gtp_0_3386", 1, lambda p: in_udp(b"\x1e\xff" + be16(len(p)) + bytes(16) + p, 3386, 3386))
case("gtp_echo", 1, lambda p: in_udp(gtp(p, kind=1), 2152, 2152))
case("gtp_prime", 1, lambda p: in_udp(gtp(p, flags=0x20), 2152, 2152))
case("gtp_2", 1, lambda p: in_udp(gtp(p, flags=0x48), 2152, 2152))
case("gtp_u_length_short", 1, lambda p: in_udp(gtp(p)[:2] + be16(len(p) - 1) + gtp(p)[4:], 2152, 2152))
case("l2tp", 1, lambda p: in_udp(l2tp(ppp(p)), 1701, 1701))
case("l2tp_length", 1, lambda p: in_udp(l2tp(ppp(p), 0x4000), 1701, 1701))
case("l2tp_sequence", 1, lambda p: in_udp(l2tp(ppp(p), 0x4800), 1701, 1701))
case("l2tp_offset", 1, lambda p: in_udp(l2tp(ppp(p), 0x4A00, 4), 1701, 1701))
case("l2tp_offset_zero", 1, lambda p: in_udp(l2tp(ppp(p), 0x0200, 0), 1701, 1701))
case("l2tp_no_address", 1, lambda p: in_udp(l2tp(ppp(p, False), 0x4000), 1701, 1701))
case("l2tp_control", 1, lambda p: in_udp(l2tp(ppp(p), 0xC800), 1701, 1701))
case("l2tp_length_short", 1, lambda p: in_udp(l2tp(ppp(p), 0x4000, length=40), 1701, 1701))
case("l2tpv3_udp", 1, lambda p: in_udp(be16(3) + be16(0) + be32(77) + eth(p), 1701, 1701))
case("l2tpv3_udp_sublayer", 1, lambda p: in_udp(be16(3) + be16(0) + be32(77) + bytes(4) + eth(p), 1701, 1701))
case("l2tpv3_ip", 1, lambda p: in_ip(be32(77) + eth(p), 115))
case("l2tpv3_ip_sublayer", 1, lambda p: in_ip(be32(77) + bytes(4) + eth(p), 115))
case("l2tpv3_ip_sequence", 1, lambda p: in_ip(be32(77) + be32(0x40000001) + eth(p), 115))
case("l2tpv3_ip_cookie", 1, lambda p: in_ip(be32(77) + b"cook" + eth(p), 115))
case("l2tpv3_ip_cookie_8", 1, lambda p: in_ip(be32(77) + b"cookcook" + eth(p), 115))
case("l2tpv3_ip_cookie_sublayer", 1, lambda p: in_ip(be32(77) + b"cook" + bytes(4) + eth(p), 115))
case("l2tpv3_ip_ppp", 1, lambda p: in_ip(be32(77) + ppp(p), 115))
case("l2tpv3_ip_hdlc", 1, lambda p: in_ip(be32(77) + b"\x0f\0" + typed(p), 115))
case("l2tpv3_ip_ip", 1, lambda p: in_ip(be32(77) + p, 115))
case("teredo", 1, lambda p: in_udp(p, 3544))
case("teredo_origin", 1, lambda p: in_udp(bytes(8) + p, 3544))
case("teredo_authentication", 1, lambda p: in_udp(b"\0\1\0\0" + bytes(9) + p, 3544))
case("teredo_authentication_id", 1, lambda p: in_udp(b"\0\1\4\4" + bytes(17) + p, 3544))
case("teredo_both", 1, lambda p: in_udp(b"\0\1\0\0" + bytes(9) + bytes(8) + p, 3544))
case("ayiya", 1, lambda p: in_udp(bytes([0x41, 0x52, 0x11, 41 if p[0] >> 4 == 6 else 4]) + bytes(4) + bytes(16) + bytes(20) + p, 5072))
case("lisp", 1, lambda p: in_udp(b"\xc0\0\0\1" + be32(1) + p, 4341))
case("lisp_no_flags", 1, lambda p: in_udp(bytes(8) + p, 4341))
case("lisp_gpe", 1, lambda p: in_udp(b"\x0c\0\0\3" + be32(1) + eth(p), 4341))
case("mpls_in_udp", 1, lambda p: in_udp(mpls(p), 6635))
case("mpls_in_ip", 1, lambda p: in_ip(mpls(p), 137))
case("ethernet_in_ip", 1, lambda p: in_ip6(eth(p), 143))
case("ether_ip", 1, lambda p: in_ip(b"\x30\0" + eth(p), 97))
case("ether_ip_version_0", 1, lambda p: in_ip(b"\0\0" + eth(p), 97))
case("ipip_94", 1, lambda p: in_ip(p, 94))
case("mobile_55", 1, lambda p: in_ip(b"\6\0\0\0" + CLIENT4 + p[20:], 55))
case("pbb", 1, lambda p: eth(be32(0x1234) + MAC_B + MAC_A + typed(p), 0x88E7))
case("pbb_b_tag", 1, lambda p: eth(be16(5) + be16(0x88E7) + be32(0x1234) + MAC_B + MAC_A + typed(p), 0x88A8))
case("pbb_c_tag", 1, lambda p: eth(be32(0x1234) + MAC_B + MAC_A + be16(0x8100) + be16(5) + typed(p), 0x88E7))
case("pbb_llc", 1, lambda p: eth(be32(0x1234) + MAC_B + MAC_A + be16(len(snap(p))) + snap(p), 0x88E7))
case("cisco_metadata", 1, lambda p: eth(b"\1\1\0\1\0\2" + typed(p), 0x8909))
case("cisco_metadata_long", 1, lambda p: eth(b"\1\2\0\1\0\2\0\0\0\0" + typed(p), 0x8909))
case("cisco_metadata_vlan", 1, lambda p: eth(b"\1\1\0\1\0\2" + be16(0x8100) + be16(5) + typed(p), 0x8909))
case("cisco_metadata_llc", 1, lambda p: eth(b"\1\1\0\1\0\2" + be16(len(snap(p))) + snap(p), 0x8909))
case("vn_tag", 1, lambda p: eth(bytes(4) + typed(p), 0x8926))
case("vn_tag_vlan", 1, lambda p: eth(bytes(4) + be16(0x8100) + be16(5) + typed(p), 0x8926))
case("e_tag", 1, lambda p: eth(bytes(6) + typed(p), 0x893F))
case("nsh_ip", 1, lambda p: eth(nsh(p, 1 if p[0] >> 4 == 4 else 2), 0x894F))
case("nsh_ethernet", 1, lambda p: eth(nsh(eth(p), 3, 2), 0x894F))
case("nsh_mpls", 1, lambda p: eth(nsh(mpls(p), 5, 2), 0x894F))
case("nsh_nsh", 1, lambda p: eth(nsh(nsh(eth(p), 3), 4), 0x894F))
case("nsh_md_type_3", 1, lambda p: eth(nsh(eth(p), 3, 3, 2), 0x894F))
case("nsh_version_1", 1, lambda p: eth(bytes([0x4F]) + nsh(eth(p), 3)[1:], 0x894F))
case("macsec_integrity", 1, lambda p: eth(b"\0\0" + be32(1) + typed(p) + bytes(16), 0x88E5))
case("macsec_integrity_sci", 1, lambda p: eth(b"\x20\0" + be32(1) + bytes(8) + typed(p) + bytes(16), 0x88E5))
case("macsec_encrypted", 1, lambda p: eth(b"\x0c\0" + be32(1) + typed(p) + bytes(16), 0x88E5))
case("macsec_changed", 1, lambda p: eth(b"\x04\0" + be32(1) + typed(p) + bytes(16), 0x88E5))
case("hsr", 1, lambda p: eth(be16(len(p) + 6) + be16(1) + typed(p), 0x892F))
case("r_tag", 1, lambda p: eth(bytes(4) + typed(p), 0xF1C1))
case("trill", 1, lambda p: eth(be16(0x0001) + be16(1) + be16(2) + eth(p), 0x22F3))
case("trill_options", 1, lambda p: eth(be16(0x0041) + be16(1) + be16(2) + bytes(4) + eth(p), 0x22F3))
case("bridging_6558", 1, lambda p: eth(eth(p), 0x6558))
case("fabric_path", 1, lambda p: b"\x02\0\0\0\1\2" + b"\x02\0\0\0\3\4" + be16(0x8903) + be16(0x0401) + eth(p))
case("batman_adv_15", 1, lambda p: eth(b"\x40\x0f\x32\1" + MAC_B + eth(p), 0x4305))
case("aruba_iap", 1, lambda p: eth(bytes(8) + p, 0x8FFD))
case("pw_plain", 1, lambda p: eth(mpls(eth(p)), 0x8847))
case("pw_control_word", 1, lambda p: eth(mpls(bytes(4) + eth(p)), 0x8847))
case("pw_control_word_sequence", 1, lambda p: eth(mpls(b"\0\0\0\7" + eth(p)), 0x8847))
case("pw_plain_local_mac", 1, lambda p: eth(mpls(eth(p, a=b"\2\0\0\0\0\1", b=b"\2\0\0\0\0\2")), 0x8847))
case("pw_plain_unknown_mac", 1, lambda p: eth(mpls(eth(p, a=b"\x0c\xff\xff\0\0\1", b=b"\x0c\xff\xff\0\0\2")), 0x8847))
case("pw_plain_0c_mac", 1, lambda p: eth(mpls(eth(p, a=bytes.fromhex("0c8112000001"), b=bytes.fromhex("0c8112000002"))), 0x8847))
case("pw_plain_nibble_8", 1, lambda p: eth(mpls(eth(p, b=b"\x84\0\0\0\0\1")), 0x8847))
case("pw_plain_nibble_f", 1, lambda p: eth(mpls(eth(p, b=b"\xf4\0\0\0\0\1")), 0x8847))
case("pw_plain_nibble_4", 1, lambda p: eth(mpls(eth(p, b=bytes.fromhex("448500000001"))), 0x8847))
case("pw_plain_nibble_6", 1, lambda p: eth(mpls(eth(p, b=bytes.fromhex("64d154000001"))), 0x8847))
case("pw_plain_nibble_1", 1, lambda p: eth(mpls(eth(p, b=bytes.fromhex("18a905000001"))), 0x8847))
case("pw_control_word_vlan", 1, lambda p: eth(mpls(bytes(4) + eth(be16(5) + typed(p), 0x8100)), 0x8847))
case("pw_plain_vlan", 1, lambda p: eth(mpls(eth(be16(5) + typed(p), 0x8100)), 0x8847))
case("pw_control_word_llc", 1, lambda p: eth(mpls(bytes(4) + eth(snap(p), len(snap(p)))), 0x8847))
case("pw_plain_llc", 1, lambda p: eth(mpls(eth(snap(p), len(snap(p)))), 0x8847))
case("mpls_explicit_null_ip", 1, lambda p: eth(mpls(p, 0 if p[0] >> 4 == 4 else 2), 0x8847))
case("mpls_explicit_null_eth", 1, lambda p: eth(mpls(eth(p), 0), 0x8847))
case("mpls_router_alert_bottom", 1, lambda p: eth(mpls(p, 100, 1), 0x8847))
case("mpls_entropy", 1, lambda p: eth(mpls(p, 100, 7, 5000), 0x8847))
case("mpls_ppp_pw", 1, lambda p: eth(mpls(ppp(p)), 0x8847))
case("tzsp", 1, lambda p: in_udp(b"\1\0\0\1\1" + eth(p), 37008))
case("tzsp_tags", 1, lambda p: in_udp(b"\1\0\0\1\x0a\1\5\0\x12\1\6\1" + eth(p), 37008))
case("tzsp_wlan", 1, lambda p: in_udp(b"\1\0\0\x12\1" + wlan(snap(p)), 37008))
case("tzsp_wlan_prism", 1, lambda p: in_udp(b"\1\0\0\x77\1" + prism(wlan(snap(p))), 37008))
case("capwap_8023", 1, lambda p: in_udp(b"\0" + b"\x10\0\0" + bytes(4) + eth(p), 5247))
case("capwap_80211", 1, lambda p: in_udp(b"\0" + b"\x10\x02\0\0\0\0\0"[0:1] + b"\x03\0" + bytes(4) + wlan(snap(p)), 5247))
case("capwap_80211_swapped", 1, lambda p: in_udp(b"\0\x10\x03\0" + bytes(4) + (lambda f: f[1:2] + f[0:1] + f[2:])(wlan(snap(p))), 5247))
case("capwap_80211_from_wtp", 1, lambda p: in_udp(b"\0\x10\x03\0" + bytes(4) + (lambda f: f[1:2] + f[0:1] + f[2:])(wlan(snap(p), qos=0)), 50000, 5247))
case("jmirror", 1, lambda p: in_udp(bytes(8) + p, 30030))
case("ip_in_udp_fou", 1, lambda p: in_udp(p, 5555))
case("two_tunnels", 1, lambda p: in_udp(vxlan(eth(ipv4(gre(p, ether_type_of(p)), 47))), 4789))
case("outer_first_fragment_ipip", 1, lambda p: eth(ipv4(p, 4, fragment=0x2000)))
case("outer_first_fragment_6in4", 1, lambda p: eth(ipv4(p, 41, fragment=0x2000)))
case("outer_first_fragment_vxlan", 1, lambda p: eth(ipv4(udp(vxlan(eth(p)), 4789), 17, fragment=0x2000)))
case("outer_later_fragment_ipip", 1, lambda p: eth(ipv4(p, 4, fragment=0x2003)))
case("outer_ipv6_first_fragment", 1, lambda p: eth(ipv6(bytes([4 if p[0] >> 4 == 4 else 41, 0, 0, 1]) + bytes(4) + p, 44)))
case("unreachable_gre", 1, lambda p: in_ip(b"\3\1\0\0" + bytes(4) + ipv4(gre(p, ether_type_of(p)), 47), 1))
case("unreachable_vxlan", 1, lambda p: in_ip(b"\3\1\0\0" + bytes(4) + ipv4(udp(vxlan(eth(p)), 4789), 17), 1))
case("infiniband_eth", 1, lambda p: in_udp(eth(p), 4791))
for first in ("448500000001", "ffffffffffff", "840000000001", "4f0000000001", "450000000001", "620000000001"):
    case(f"gtp_u_ethernet_{first}", 1, lambda p, b=bytes.fromhex(first): in_udp(gtp(eth(p, b=b)), 2152, 2152))
case("gtp_u_ethernet_vlan", 1, lambda p: in_udp(gtp(eth(be16(5) + typed(p), 0x8100)), 2152, 2152))
case("gtp_u_ethernet_llc", 1, lambda p: in_udp(gtp(eth(snap(p), len(snap(p)))), 2152, 2152))
case("gtp_u_extension_length_0", 1, lambda p: in_udp(gtp(p, 0x34, more=be16(0) + b"\0\x85\0\0\0\0"), 2152, 2152))
case("gtp_u_unknown_extension", 1, lambda p: in_udp(gtp(p, 0x34, more=be16(0) + b"\0\x77\1\0\0\0"), 2152, 2152))
for name, kind, size in (("vn_tag", 0x8926, 4), ("e_tag", 0x893F, 6), ("r_tag", 0xF1C1, 4), ("hsr", 0x892F, 4)):
    case(f"{name}_llc", 1, lambda p, k=kind, n=size: eth(bytes(n) + be16(len(snap(p))) + snap(p), k))
case("macsec_llc", 1, lambda p: eth(b"\0\0" + be32(1) + be16(len(snap(p))) + snap(p) + bytes(16), 0x88E5))
case("geneve_llc", 1, lambda p: in_udp(geneve(snap(p), len(snap(p))), 6081))
for version in (0, 3, 15):
    case(f"gre_erspan_version_{version}", 1,
         lambda p, v=version: in_ip(gre(bytes([v << 4]) + erspan2(eth(p))[1:], 0x88BE, 0x1000, be32(1)), 47))
for kind in (1, 3):
    case(f"gre_erspan_3_frame_type_{kind}", 1, lambda p, k=kind: in_ip(gre(erspan3(eth(p), k), 0x22EB, 0x1000, be32(1)), 47))
for code in (0x080007, 0x00000C, 0x0080C2, 0x000081, 0x0000F8):
    case(f"snap_{code:06x}", 1,
         lambda p, c=code: eth(b"\xaa\xaa\x03" + c.to_bytes(3, "big") + typed(p), len(p) + 8))
case("snap_bridged", 1, lambda p: eth(b"\xaa\xaa\x03\0\x80\xc2\0\7\0\0" + eth(p), len(eth(p)) + 10))
case("snap_bridged_fddi", 100, lambda p: b"\xaa\xaa\x03\0\x80\xc2\0\x0a\0\0\0\x50" + MAC_B + MAC_A + snap(p))
case("snap_bridged_token_ring", 100, lambda p: b"\xaa\xaa\x03\0\x80\xc2\0\x09\0\0\x10\x40" + MAC_B + MAC_A + snap(p))
case("llc_osi", 1, lambda p: eth(b"\xfe\xfe\x03" + (b"\xcc" if p[0] >> 4 == 4 else b"\x8e") + p, len(p) + 4))
case("ppp_bridged_lan_id", 9, lambda p: b"\xff\3\0\x31\x40\1" + be32(1) + eth(p))
case("pppoe_hdlc_address", 1, lambda p: eth(b"\x11\0\0\7" + be16(len(p) + 4) + ppp(p), 0x8864))
case("gre_ppp_hdlc", 1, lambda p: in_ip(gre(b"\x0f\0" + typed(p), 0x880B), 47))
case("gre_vn_tag", 1, lambda p: in_ip(gre(bytes(4) + typed(p), 0x8926), 47))
case("l2tp_version_0", 1, lambda p: in_udp(bytes(2) + be16(1) + be16(2) + ppp(p), 1701, 1701))
case("l2tp_one_port", 1, lambda p: in_udp(l2tp(ppp(p)), 40000, 1701))
case("wlan_null_subtype", 105, lambda p: b"\x48\1" + wlan(snap(p))[2:])
case("wlan_cf_ack", 105, lambda p: b"\x18\1" + wlan(snap(p))[2:])
case("wlan_version_1", 105, lambda p: b"\x09\1" + wlan(snap(p))[2:])
case("wlan_amsdu_odd", 105, lambda p: wlan(amsdu(snap(p) + b"x", snap(p)), qos=0x80))
case("wlan_amsdu_ethernet", 105, lambda p: wlan(amsdu(eth(p)), qos=0x80))
case("wlan_ff", 105, lambda p: wlan(b"\xff\xff" + snap(p)))
case("prism_type_2", 119, lambda p: le32(0x41) + le32(144) + bytes(136) + wlan(snap(p)))
case("prism_odd_length", 119, lambda p: le32(0x44) + le32(100) + bytes(136) + wlan(snap(p)))
case("erf_extension", 197, lambda p: bytes(8) + b"\x82\x04" + bytes(4) + be16(len(eth(p))) + bytes(10) + eth(p))
case("pflog_family_10", 117, lambda p: pflog(p, 61, 10))
case("nflog_type_high_bit", 239, lambda p: nflog(p, 2).replace(le16(9) + p[:4], le16(0x8009) + p[:4]))
case("pktap_no_packet", 258, lambda p: le32(108) + le32(0) + le32(1) + bytes(96) + eth(p))
case("capwap_fragment", 1, lambda p: in_udp(b"\0\x10\0\x80" + bytes(4) + eth(p), 5247))
case("capwap_keep_alive", 1, lambda p: in_udp(b"\0\x10\0\x08" + bytes(4) + eth(p), 5247))
case("ayiya_other_operation", 1, lambda p: in_udp(b"\x41\x52\x12\x29" + bytes(40) + p, 5072))
case("token_ring_long_route", 6, lambda p: b"\x10\x40" + MAC_B + b"\x80" + MAC_A[1:] + b"\x1e\x30" + bytes(28) + snap(p))
case("frame_relay_dlci_0", 107, lambda p: b"\0\1" + typed(p))
case("udp_lite_short_coverage", 1, lambda p: in_ip(udp(vxlan(eth(p)), 4789, length=4), 136))
case("nsh_length_0", 1, lambda p: eth(nsh(eth(p), 3, 1, 0), 0x894F))
case("fabric_path_frame_check", 1, lambda p: eth(be16(0x0401) + eth(p) + bytes(4), 0x8903))
case("udp_plain", 1, lambda p: in_udp(p, 9999, 40000))


def capture(name: str) -> bytes:
    """The conversation over IPv4, then the one over IPv6."""
    link_type, wrap = CASES[name]
    return pcap(link_type, [wrap(packet, i) for version in (4, 6) for i, (_, packet) in enumerate(conversation(version))])
