// SPDX-License-Identifier: Apache-2.0
#include "analyzer/analysis/compare/connection_match.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

#include "analyzer/analysis/equal_span.h"
#include "common/format/record_layout.h"

namespace pcapsule::analysis::compare {

namespace {

using Side = ConnectionKey::Side;

/// Connections of one pair of endpoints, or with one number, that are compared with each other.
constexpr std::size_t kGreatestReuse = 4096;

bool knows_isn(const Side& side) {
  return side.base_source == format::BaseSource::kSyn || side.base_source == format::BaseSource::kSynAck;
}

/// How well the numbers of a side agree: both captures may have begun in its middle.
enum class Agreement : std::uint8_t { kNo, kMaybe, kYes };

Agreement agreement(const Side& near, const Side& far) {
  if (near.base_source == format::BaseSource::kNone || far.base_source == format::BaseSource::kNone) {
    return Agreement::kMaybe;
  }
  if (knows_isn(near) && knows_isn(far)) return near.base == far.base ? Agreement::kYes : Agreement::kNo;
  // Where one began, the other was sending: payload is counted with retransmissions.
  constexpr std::uint64_t kSlack = 1U << 16;
  const auto lies_in = [](const Side& start, const Side& later) {
    return later.base - start.base <= start.payload_bytes + kSlack;
  };
  return lies_in(near, far) || lies_in(far, near) ? Agreement::kMaybe : Agreement::kNo;
}

constexpr int kSure = 5;  ///< both numbers agree

/// No connection agrees better with this one: then there is nothing more to look for.
int surest(const ConnectionKey& near) { return 1 + 2 * static_cast<int>(std::ranges::count_if(near.side, knows_isn)); }

/// 0: not the same; else the greater the surer.
int score(const ConnectionKey& near, const ConnectionKey& far, bool crossed) {
  int sum = 1;
  for (unsigned side = 0; side < 2; ++side) {
    const Agreement found = agreement(near.side[side], far.side[crossed ? side ^ 1U : side]);
    if (found == Agreement::kNo) return 0;
    if (found == Agreement::kYes) sum += 2;
  }
  return sum;
}

/// Far connections in an order of theirs, of which those that are taken are passed over. Whoever repeats endpoints or
/// numbers makes lists as long as the file: what is passed over once costs nothing the next time.
class Candidates {
 public:
  /// Both must outlive this.
  Candidates(std::span<const std::uint32_t> far, const std::vector<std::uint8_t>& taken)
      : far_(far), taken_(taken), next_(far.size() + 1) {
    std::iota(next_.begin(), next_.end(), std::size_t{0});
  }

  /// Calls `consider` for each of `count` from place `first` on that is not taken, as long as it yields true.
  template <class Consider>
  void visit(std::size_t first, std::size_t count, Consider consider) {
    for (std::size_t place = from(first); place < first + count; place = from(place + 1)) {
      if (taken_[far_[place]] != 0) {
        next_[place] = place + 1;
      } else if (!consider(far_[place])) {
        return;
      }
    }
  }

 private:
  /// The first place from `place` on that was not passed over.
  std::size_t from(std::size_t place) {
    while (next_[place] != place) {
      next_[place] = next_[next_[place]];
      place = next_[place];
    }
    return place;
  }

  std::span<const std::uint32_t> far_;
  const std::vector<std::uint8_t>& taken_;
  std::vector<std::size_t> next_;  ///< by place: itself, or one behind it
};

/// The candidate that a near connection agrees with best, among the first kGreatestReuse.
class Best {
 public:
  explicit Best(const ConnectionKey& near) : greatest_(surest(near)) {}

  /// Another one may be better. Counts those that are looked at.
  bool wants_more() { return score_ != greatest_ && looked_++ < kGreatestReuse; }
  void offer(std::uint32_t far, int score) {
    if (score > score_) far_ = far, score_ = score;
  }
  [[nodiscard]] std::optional<std::uint32_t> far() const { return far_; }

 private:
  int greatest_;
  int score_ = 0;
  std::size_t looked_ = 0;
  std::optional<std::uint32_t> far_;
};

using Endpoints = std::pair<Endpoint, Endpoint>;
Endpoints endpoints_of(const ConnectionKey& key) { return std::minmax(key.side[0].endpoint, key.side[1].endpoint); }
bool is_crossed(const ConnectionKey& near, const ConnectionKey& far) {
  return near.side[0].endpoint != far.side[0].endpoint;
}

}  // namespace

std::string_view to_text(MatchedBy by) {
  switch (by) {
    case MatchedBy::kAddresses:
      return "addresses";
    case MatchedBy::kNumbers:
      return "isn";
    case MatchedBy::kShift:
      return "shift";
    case MatchedBy::kContents:
      return "content";
  }
  return "";
}

std::string_view to_text(OnlyReason reason) {
  switch (reason) {
    case OnlyReason::kOutsideOverlap:
      return "outside_overlap";
    case OnlyReason::kOtherNumbers:
      return "other_numbers";
    case OnlyReason::kNotSeen:
      return "not_seen";
    case OnlyReason::kNoCommonSegment:
      return "no_common_segment";
  }
  return "";
}

ConnectionKey ConnectionKey::from(std::uint64_t entry, const read::Connection& connection) {
  ConnectionKey key;
  key.entry = entry;
  for (unsigned i = 0; i < 2; ++i) {
    const read::Side& of = connection.side[i];
    const auto offer = static_cast<unsigned>(of.window_scale());
    key.side[i] = {of.endpoint, of.base, of.payload_bytes, of.base_source,
                   static_cast<std::uint8_t>(offer << 6 | (of.shift & 0x3fU))};
  }
  key.client = connection.client;
  key.client_known = !format::is_guess(connection.evidence);
  return key;
}

void ConnectionMatcher::File::add(std::vector<ConnectionKey> of) {
  keys = std::move(of);
  taken.resize(keys.size());
  by_endpoints.resize(keys.size());
  for (std::uint32_t i = 0; i < by_endpoints.size(); ++i) by_endpoints[i] = i;
  std::ranges::stable_sort(by_endpoints, {}, [this](std::uint32_t i) { return endpoints_of(keys[i]); });
}

std::span<const std::uint32_t> ConnectionMatcher::File::namesakes(const ConnectionKey& of) const {
  const auto endpoints = [this](std::uint32_t i) { return endpoints_of(keys[i]); };
  const auto wanted = endpoints_of(of);
  return {std::ranges::lower_bound(by_endpoints, wanted, {}, endpoints),
          std::ranges::upper_bound(by_endpoints, wanted, {}, endpoints)};
}

std::size_t ConnectionMatcher::File::place_of(std::uint64_t entry) const {
  return static_cast<std::size_t>(std::ranges::lower_bound(keys, entry, {}, &ConnectionKey::entry) - keys.begin());
}

std::vector<std::uint64_t> ConnectionMatcher::File::left() const {
  std::vector<std::uint64_t> entries;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (taken[i] == 0) entries.push_back(keys[i].entry);
  }
  return entries;
}

ConnectionMatcher::ConnectionMatcher(std::vector<ConnectionKey> near, std::vector<ConnectionKey> far) {
  near_.add(std::move(near));
  far_.add(std::move(far));
}

void ConnectionMatcher::pair(std::size_t near, std::size_t far, MatchedBy by, bool crossed,
                             std::array<std::uint32_t, 2> shift) {
  near_.taken[near] = far_.taken[far] = 1;
  pairs_.push_back({near_.keys[near].entry, far_.keys[far].entry, by, crossed, shift});
}

void ConnectionMatcher::match_by_table() {
  match_addresses();
  match_numbers();
  std::ranges::sort(pairs_, {}, &ConnectionPair::near_entry);
}

void ConnectionMatcher::match_addresses() {
  Candidates candidates(far_.by_endpoints, far_.taken);
  for (std::size_t i = 0; i < near_.keys.size(); ++i) {
    const ConnectionKey& near = near_.keys[i];
    Best best(near);
    const auto namesakes = far_.namesakes(near);
    const auto first = static_cast<std::size_t>(namesakes.data() - far_.by_endpoints.data());
    candidates.visit(first, namesakes.size(), [&](std::uint32_t j) {
      if (!best.wants_more()) return false;
      best.offer(j, score(near, far_.keys[j], is_crossed(near, far_.keys[j])));
      return true;
    });
    if (const auto j = best.far()) pair(i, *j, MatchedBy::kAddresses, is_crossed(near, far_.keys[*j]), {});
  }
}

/// Behind a translator of addresses the numbers stay: both ISNs, or the client's alone where
/// one of the captures has no SYN-ACK.
void ConnectionMatcher::match_numbers() {
  using Numbered = std::pair<std::uint32_t, std::uint32_t>;  // an ISN, and who has it
  std::vector<Numbered> far_by_isn;
  for (std::uint32_t j = 0; j < far_.keys.size(); ++j) {
    if (far_.taken[j] != 0) continue;
    for (const Side& side : far_.keys[j].side) {
      if (knows_isn(side)) far_by_isn.emplace_back(side.base, j);
    }
  }
  std::ranges::sort(far_by_isn);
  std::vector<std::uint32_t> owners;
  owners.reserve(far_by_isn.size());
  for (const auto& [isn, j] : far_by_isn) owners.push_back(j);
  Candidates candidates(owners, far_.taken);
  for (std::size_t i = 0; i < near_.keys.size(); ++i) {
    if (near_.taken[i] != 0) continue;
    const ConnectionKey& near = near_.keys[i];
    Best best(near);
    const auto consider = [&](std::uint32_t j) {
      if (!best.wants_more()) return false;
      const ConnectionKey& far = far_.keys[j];
      const int sure = score(near, far, near.client != far.client);
      // One number alone may be the same by chance: then the options have to be, too.
      const bool same_options = near.side[near.client].window_scale == far.side[far.client].window_scale;
      if (sure == kSure || same_options) best.offer(j, sure);
      return true;
    };
    for (const Side& side : near.side) {
      if (!knows_isn(side)) continue;
      const auto found = equal_span(std::span<const Numbered>(far_by_isn), side.base, &Numbered::first);
      candidates.visit(static_cast<std::size_t>(found.data() - far_by_isn.data()), found.size(), consider);
    }
    if (const auto j = best.far()) pair(i, *j, MatchedBy::kNumbers, near.client != far_.keys[*j].client, {});
  }
}

namespace {

/// A segment of a head that both points should have alike, whatever was done to its numbers.
struct Mark {
  std::uint64_t identity = 0;
  std::size_t head = 0;
  std::uint32_t row = 0;
};

/// Timestamps, else identification, with length and flags: what a translator and a firewall leave alone.
std::optional<std::uint64_t> identity(const Segment& s) {
  std::uint64_t of = 0;
  if (s.has_timestamps) {
    of = std::uint64_t{s.ts_value} << 32 | s.ts_echo;
  } else if (s.ip_id != 0 && s.payload > 0) {
    of = std::uint64_t{s.ip_id} << 32 | std::uint64_t{s.window} << 8;
  } else {
    return std::nullopt;
  }
  constexpr std::uint16_t kFlags = tcp_flag::kFin | tcp_flag::kSyn | tcp_flag::kRst | tcp_flag::kAck;
  return of * 0x9e3779b97f4a7c15U ^ (std::uint64_t{s.payload} << 8 | static_cast<std::uint64_t>(s.flags & kFlags));
}

/// What one segment says of a pair of heads: its endpoints, and how far the numbers were moved.
struct Vote {
  bool crossed = false;
  std::uint8_t side = 0;
  std::uint32_t shift = 0;
  auto operator<=>(const Vote&) const = default;
};

/// A pair needs so many segments in common, and so large a share of the shorter head.
constexpr std::size_t kLeastVotes = 3;
/// Equal identities in more heads than this tell nothing.
constexpr std::size_t kGreatestNamesakes = 32;

struct Finding {
  std::size_t near = 0;
  std::size_t far = 0;
  std::size_t votes = 0;
  bool crossed = false;
  std::array<std::uint32_t, 2> shift{};
};

/// The shifts that most votes of both sides agree on; nullopt: they do not.
std::optional<Finding> settle(const std::map<Vote, std::size_t>& votes) {
  std::optional<Finding> best;
  for (const bool crossed : {false, true}) {
    Finding finding;
    finding.crossed = crossed;
    std::array<std::size_t, 2> most{};
    for (const auto& [vote, count] : votes) {
      if (vote.crossed != crossed || count <= most[vote.side]) continue;
      most[vote.side] = count;
      finding.shift[vote.side] = vote.shift;
    }
    finding.votes = most[0] + most[1];
    if (most[0] > 0 && most[1] > 0 && (!best || finding.votes > best->votes)) best = finding;
  }
  return best;
}

}  // namespace

void ConnectionMatcher::match_by_heads(const std::vector<TapRows>& near_heads, const std::vector<TapRows>& far_heads) {
  // Ordered, not hashed: whoever sent the segments chose what they say.
  std::vector<Mark> far_marks;
  for (std::size_t head = 0; head < far_heads.size(); ++head) {
    for (std::uint32_t row = 0; row < far_heads[head].segments.size(); ++row) {
      if (const auto of = identity(far_heads[head].segments[row])) far_marks.push_back({*of, head, row});
    }
  }
  std::ranges::stable_sort(far_marks, {}, &Mark::identity);
  const auto near_entries = near_left();
  const auto far_entries = far_left();
  std::vector<Finding> findings;
  for (std::size_t head = 0; head < near_heads.size() && head < near_entries.size(); ++head) {
    const ConnectionKey& near = near_.keys[near_.place_of(near_entries[head])];
    std::map<std::size_t, std::map<Vote, std::size_t>> votes;  // by far head
    for (const Segment& s : near_heads[head].segments) {
      const auto of = identity(s);
      if (!of) continue;
      const auto marks = equal_span(std::span<const Mark>(far_marks), *of, &Mark::identity);
      if (marks.size() > kGreatestNamesakes) continue;
      for (const Mark& mark : marks) {
        const Segment& other = far_heads[mark.head].segments[mark.row];
        const auto shift = static_cast<std::uint32_t>(other.seq) - static_cast<std::uint32_t>(s.seq);
        ++votes[mark.head][{s.side != other.side, s.side, shift}];
      }
    }
    for (const auto& [far_head, of_one] : votes) {
      auto finding = settle(of_one);
      const std::size_t shorter = std::min(near_heads[head].segments.size(), far_heads[far_head].segments.size());
      if (!finding || finding->votes < kLeastVotes || finding->votes * 4 < shorter) continue;
      const ConnectionKey& far = far_.keys[far_.place_of(far_entries[far_head])];
      // Roles that SYNs show are the same at both points.
      if (near.client_known && far.client_known && finding->crossed != (near.client != far.client)) continue;
      finding->near = head;
      finding->far = far_head;
      findings.push_back(*finding);
    }
  }
  std::ranges::stable_sort(findings, std::ranges::greater{}, &Finding::votes);
  for (const Finding& finding : findings) {
    const std::size_t near = near_.place_of(near_entries[finding.near]);
    const std::size_t far = far_.place_of(far_entries[finding.far]);
    if (near_.taken[near] != 0 || far_.taken[far] != 0) continue;
    const bool moved = finding.shift[0] != 0 || finding.shift[1] != 0;
    pair(near, far, moved ? MatchedBy::kShift : MatchedBy::kContents, finding.crossed, finding.shift);
  }
  std::ranges::sort(pairs_, {}, &ConnectionPair::near_entry);
}

bool ConnectionMatcher::near_has_namesake(std::uint64_t entry) const {
  return !far_.namesakes(near_.keys[near_.place_of(entry)]).empty();
}
bool ConnectionMatcher::far_has_namesake(std::uint64_t entry) const {
  return !near_.namesakes(far_.keys[far_.place_of(entry)]).empty();
}

}  // namespace pcapsule::analysis::compare
