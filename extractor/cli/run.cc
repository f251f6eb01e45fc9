// SPDX-License-Identifier: Apache-2.0
#include "extractor/cli/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <iostream>
#include <new>
#include <optional>
#include <utility>

#include "common/io/os_error.h"
#include "common/io/output_file.h"
#include "common/text/escape.h"
#include "common/text/time_text.h"
#include "extractor/cache/currency.h"
#include "extractor/capture/capture_input.h"
#include "extractor/cli/inputs.h"
#include "extractor/cli/options.h"
#include "extractor/cli/progress.h"
#include "extractor/cli/report_json.h"
#include "extractor/cli/skipped.h"
#include "extractor/cli/summary.h"
#include "extractor/pipeline/extract.h"

namespace pcapsule::cli {

namespace {

std::string error_line(const std::string& message) { return "extractor: " + text::escape_for_terminal(message) + "\n"; }

ExitCode exit_code_of(const Error& error) {
  return error.code == ErrorCode::kUsage ? ExitCode::kUsage : ExitCode::kFailed;
}

std::string seconds_text(DurationNs span) {
  std::string text;
  text::append_seconds(text, span, 3);
  return text + " s";
}

/// Standard output, and what became of it. Record files are made all the same: a pipe whose reader has gone takes no
/// more and is not worth a word, any other failure to write is told.
class DataOutput {
 public:
  explicit DataOutput(std::ostream& out) : out_(out) {}

  void print(const std::string& text) {
    if (fault_ != 0) return;
    errno = 0;
    out_ << text << std::flush;
    if (!out_) fault_ = errno != 0 ? errno : EIO;  // now: the stream forgets it
  }

  /// The status of a run that would be `status` but for its output.
  [[nodiscard]] ExitCode settle(ExitCode status, std::ostream& err) const {
    if (fault_ == 0 || fault_ == EPIPE) return status;
    print_error(err, io::os_error("standard output", "cannot write", fault_).message);
    return worse_of(status, ExitCode::kFailed);
  }

 private:
  std::ostream& out_;
  int fault_ = 0;
};

/// Carries out the jobs of one command line, one after the other.
class Runner {
 public:
  Runner(const Options& options, const Streams& streams) : options_(options), streams_(streams), out_(streams.out) {}

  ExitCode carry_out(const Plan& plan) {
    ExitCode status = ExitCode::kDone;
    for (const Error& failure : plan.failures) {
      print_error(streams_.err, failure.message);
      status = ExitCode::kFailed;
    }
    for (const std::string& note : plan.notes) say(Verbosity::kNormal, text::escape_for_terminal(note));
    several_ = plan.jobs.size() > 1;
    for (const Job& job : plan.jobs) {
      const Outcome outcome = carry_out_alone(job);
      status = worse_of(status, outcome.exit_code);
      if (options_.json_report) out_.print(json_line(job, outcome));
    }
    // A filter that suits none of them is the fault of who wrote it.
    if (unsuited_ > 0 && unsuited_ == plan.jobs.size() && plan.failures.empty()) status = ExitCode::kUsage;
    return out_.settle(status, streams_.err);
  }

 private:
  void say(Verbosity least, const std::string& line) {
    if (options_.verbosity >= least) streams_.err << line << std::endl;
  }

  void print_article(const std::string& text) {
    if (!options_.json_report && options_.verbosity != Verbosity::kQuiet) out_.print(text);
  }

  [[nodiscard]] pipeline::ExtractRequest request_for(const Job& job) const {
    pipeline::ExtractRequest request;
    request.captures = job.captures;
    request.output = job.output;
    request.filter = options_.filter;
    request.client = options_.client;
    request.server = options_.server;
    request.wait_for_lock = options_.wait_for_lock;
    return request;
  }

  /// What befalls one job does not keep the others from being tried.
  Outcome carry_out_alone(const Job& job) {
    const auto named = [&job](const std::string& what) {
      const std::string first = capture::display_name(job.captures.front().path);
      return Error{ErrorCode::kIo, (job.captures.size() == 1 ? first : first + " and others") + ": " + what};
    };
    try {
      return carry_out(job);
    } catch (const std::bad_alloc&) {
      return failed(named("out of memory; raise the limit, or choose less with --filter"));
    } catch (const std::exception& fault) {
      return failed(named(std::string("unexpected failure: ") + fault.what()));
    }
  }

  Outcome carry_out(const Job& job) {
    pipeline::ExtractRequest request = request_for(job);
    auto currency = check_when_free(job, request);
    if (!currency) return failed(currency.error());
    if (currency->current()) return report_current(job, std::move(*currency));
    say(Verbosity::kVerbose, shown_name(job.output) + " " + text::escape_for_terminal(currency->why) + ": extracting");
    return extract(job, request);
  }

  /// Looks at the record file once no other run is writing it: after waiting for
  /// one that does the same work, there is usually nothing left to do. The lock is given up
  /// again, since extract() takes it itself; who slips in between costs only time.
  Result<cache::Currency> check_when_free(const Job& job, const pipeline::ExtractRequest& request) {
    auto lock = io::OutputLock::acquire(job.output, io::OutputLock::WhenBusy::kFail);
    if (!lock && lock.error().code == ErrorCode::kBusy && options_.wait_for_lock) {
      say(Verbosity::kNormal, shown_name(job.output) + ": waiting for another run that is writing it");
      lock = io::OutputLock::acquire(job.output, io::OutputLock::WhenBusy::kWait);
    }
    if (!lock) return lock.error();
    if (options_.force) return cache::Currency{cache::Cause::kNoRecord, "is made anew (--force)", std::nullopt};
    return cache::check_currency(job.captures, job.output, pipeline::record_options(request));
  }

  Outcome report_current(const Job& job, cache::Currency currency) {
    Outcome outcome;
    outcome.status = Outcome::Status::kCurrent;
    outcome.exit_code = ExitCode::kDone;
    say(Verbosity::kNormal, "record file is current: " + shown_name(job.output));
    if (currency.cause == cache::Cause::kSameContent) {
      say(Verbosity::kVerbose,
          shown_captures(job) + (job.captures.size() == 1 ? ": its time stamp has changed, its bytes have not"
                                                          : ": time stamps have changed, the bytes have not"));
    }
    outcome.recorded = std::move(currency.recorded);
    report_damage(job, outcome);
    return outcome;
  }

  Outcome extract(const Job& job, pipeline::ExtractRequest& request) {
    std::optional<Progress> progress;
    if (shows_progress()) progress.emplace(streams_.err, streams_.err_is_terminal, shown_captures(job));
    bool begun = false;
    // Not before the capture has proven to be one: what is refused prints nothing.
    const auto begin = [&] {
      if (!std::exchange(begun, true)) print_article(begin_text(job));
    };
    request.progress = [&](std::uint64_t frames) {
      begin();
      if (progress) progress->show(frames);
    };
    auto summary = pipeline::extract(request);
    progress.reset();
    if (!summary) return failed(named_among_several(job, summary.error()));
    begin();
    return report_extracted(job, std::move(*summary));
  }

  Outcome report_extracted(const Job& job, pipeline::ExtractSummary summary) {
    cache::Recorded recorded = std::move(summary.recorded);
    Outcome outcome;
    outcome.status = Outcome::Status::kExtracted;
    outcome.exit_code = ExitCode::kDone;
    print_article(end_text(job, summary, recorded));
    if (options_.verbosity != Verbosity::kQuiet) {
      const std::string name = shown_captures(job);
      streams_.err << skipped_text(name, recorded, summary.vlan_only_unwanted) << backward_text(name, recorded)
                   << clamped_text(name, summary.clamped_stamps) << unstamped_text(name, summary.frames_without_stamp);
      for (const std::string& remark : summary.remarks) {
        say(Verbosity::kNormal, name + ": " + text::escape_for_terminal(remark));
      }
    }
    say(Verbosity::kVerbose, shown_captures(job) + ": " + std::to_string(summary.input_bytes) + " bytes read in " +
                                 seconds_text(summary.read_time) + ", record file of " +
                                 std::to_string(summary.output_bytes) + " bytes finished in " +
                                 seconds_text(summary.finish_time));
    outcome.recorded = std::move(recorded);
    outcome.summary = std::move(summary);
    report_damage(job, outcome);
    return outcome;
  }

  /// Shown with --quiet too: exit status 3 needs its reason. The record file remembers
  /// it, so a run that finds it current says the same and yields the same status.
  void report_damage(const Job& job, Outcome& outcome) {
    const bool current = outcome.status == Outcome::Status::kCurrent;
    for (const record::CaptureInfo& capture : outcome.recorded->captures) {
      if (capture.damage.empty()) continue;
      outcome.exit_code = ExitCode::kInputLost;
      const std::string& name = job.captures.size() == 1 ? job.captures.front().path : capture.name;
      streams_.err << shown_name(name) << ": damaged: " << text::escape_for_terminal(capture.damage)
                   << (current ? "; what could be read is in the current record file"
                               : "; what could be read is recorded")
                   << " (exit status 3)" << std::endl;
    }
  }

  /// A filter that makes no sense for one of several captures: nothing tells from the message which one, and where
  /// others are extracted, it is no wrong usage of the program.
  [[nodiscard]] Error named_among_several(const Job& job, const Error& error) {
    if (!several_ || error.code != ErrorCode::kUsage) return error;
    ++unsuited_;
    return {ErrorCode::kUnsupported, capture::display_name(job.captures.front().path) + ": " + error.message};
  }

  Outcome failed(const Error& error) {
    print_error(streams_.err, error.message);
    Outcome outcome;
    outcome.exit_code = exit_code_of(error);
    outcome.error = error.message;
    return outcome;
  }

  [[nodiscard]] bool shows_progress() const {
    if (options_.progress != ShowProgress::kAuto) return options_.progress == ShowProgress::kAlways;
    return streams_.err_is_terminal && options_.verbosity != Verbosity::kQuiet;
  }

  const Options& options_;
  const Streams& streams_;
  DataOutput out_;
  bool several_ = false;      ///< jobs
  std::size_t unsuited_ = 0;  ///< jobs whose captures the filter cannot be applied to
};

}  // namespace

Streams standard_streams() {
  // A parent may have closed some of them. The next file opened would take the number, and
  // what is meant for standard error would end up in a record file.
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(fd, F_GETFD) == -1) (void)::open("/dev/null", O_RDWR);  // takes the lowest free number: this one
  }
  return {std::cin, std::cout, std::cerr, ::isatty(STDERR_FILENO) == 1};
}

void print_error(std::ostream& err, const std::string& message) { err << error_line(message) << std::flush; }

ExitCode run(const std::vector<std::string>& arguments, const Streams& streams, TimestampNs now) {
  const auto options = parse_options(arguments);
  if (!options) {
    print_error(streams.err, options.error().message);
    return ExitCode::kUsage;
  }
  if (options->task != Options::Task::kExtract) {
    DataOutput out(streams.out);
    out.print(options->task == Options::Task::kShowHelp ? help_text() : version_text());
    return out.settle(ExitCode::kDone, streams.err);
  }
  const auto plan = plan_inputs(*options, streams.in, now);
  if (!plan) {
    print_error(streams.err, plan.error().message);
    return exit_code_of(plan.error());
  }
  return Runner(*options, streams).carry_out(*plan);
}

}  // namespace pcapsule::cli
