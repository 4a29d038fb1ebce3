// Single pictures of a video, spread over its length, through libavformat and libavcodec.
//
// Only keyframes are decoded: they stand alone, cost least, and encoders put one where the scene changes. Nothing is
// read but through the caller's function; no protocol, no network, no hardware, no thread.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/cpu.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "../vision.hpp"

namespace custody {

namespace {

// What cameras, recorders and phones write. Playlists and formats that name other files are left out on purpose.
constexpr const char *kFormats =
    "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,mpegts,mpeg,mpegvideo,flv,asf,h264,hevc,mjpeg,mxf,ogg,dv,m4v,ivf,wtv,rm,"
    "swf,nut,gxf,dhav";
constexpr const char *kCodecs =
    "h264,hevc,mjpeg,mjpegb,mpeg1video,mpeg2video,mpegvideo,mpeg4,msmpeg4v1,msmpeg4v2,msmpeg4,h261,h263,h263i,h263p,flv,"
    "wmv1,wmv2,wmv3,vc1,vp6,vp6f,vp7,vp8,vp9,libdav1d,theora,prores,dvvideo,dnxhd,rawvideo,png,bmp,tiff,gif,jpeg2000,"
    "huffyuv,ffvhuff,ffv1,cinepak,svq1,svq3,indeo3,indeo5,rv10,rv20,rv30,rv40,msvideo1,qtrle,magicyuv,utvideo,cfhd";
constexpr unsigned kStreams = 16;
constexpr int kBuffer = 64 << 10;
// Packets that may pass before a keyframe must have come: ten minutes of several tracks.
constexpr int kPacketsForOne = 60000;
// Keyframes further apart than this on average hide too much: then all pictures are decoded, up to a bound.
constexpr double kSparseSeconds = 10;
constexpr int kDecodedPackets = 45000;
constexpr int64_t kNone = INT64_MIN;

struct Input {
  cv_read read;
  void *context;
  int64_t size, position = 0;
  int64_t budget;  // bytes that may still be read: seeking must not read a file over and over
  bool failed = false;

  static int pull(void *opaque, uint8_t *out, int wanted) {
    auto *in = static_cast<Input *>(opaque);
    const int64_t n = std::min<int64_t>({wanted, in->size - in->position, in->budget});
    if (n <= 0) return AVERROR_EOF;
    const int64_t got = in->read(in->context, (uint64_t)in->position, out, (size_t)n);
    if (got <= 0 || got > n) {
      in->failed = got < 0;
      return AVERROR_EOF;
    }
    in->position += got;
    in->budget -= got;
    return (int)got;
  }
  static int64_t seek(void *opaque, int64_t offset, int whence) {
    auto *in = static_cast<Input *>(opaque);
    if (whence == AVSEEK_SIZE) return in->size;
    const int64_t base = (whence & ~AVSEEK_FORCE) == SEEK_CUR ? in->position
                         : (whence & ~AVSEEK_FORCE) == SEEK_END ? in->size : 0;
    if (offset > in->size || base + offset < 0 || base + offset > in->size) return AVERROR(EINVAL);
    return in->position = base + offset;
  }
};

struct Closer {
  void operator()(AVFormatContext *c) const { avformat_close_input(&c); }
  void operator()(AVCodecContext *c) const { avcodec_free_context(&c); }
  void operator()(AVFrame *f) const { av_frame_free(&f); }
  void operator()(AVPacket *p) const { av_packet_free(&p); }
  void operator()(SwsContext *s) const { sws_freeContext(s); }
  void operator()(AVIOContext *io) const {
    if (!io) return;
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};
template <class T>
using Owned = std::unique_ptr<T, Closer>;

/// Quarter turns clockwise that make the picture upright.
int turns(const AVStream *stream) {
  const auto *matrix = reinterpret_cast<const int32_t *>(av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (!matrix) return 0;
  const double angle = av_display_rotation_get(matrix);
  if (!std::isfinite(angle)) return 0;
  return (int)(((std::lround(-angle / 90) % 4) + 4) % 4);
}

void turn(Frame &frame, int quarters) {
  for (; quarters > 0; quarters--) {
    std::vector<uint8_t> out(frame.gray.size());
    for (int y = 0; y < frame.height; y++) {
      for (int x = 0; x < frame.width; x++) {
        out[(size_t)x * frame.height + (frame.height - 1 - y)] = frame.gray[(size_t)y * frame.width + x];
      }
    }
    frame.gray.swap(out);
    std::swap(frame.width, frame.height);
    std::swap(frame.full_width, frame.full_height);
  }
}

/// One track with its decoder.
class Track {
 public:
  bool open(AVStream *stream, const cv_options &options) {
    stream_ = stream;
    const AVCodec *codec = avcodec_find_decoder(stream->codecpar->codec_id);
    if (!codec || !av_match_list(codec->name, kCodecs, ',')) return false;
    codec_.reset(avcodec_alloc_context3(codec));
    if (!codec_ || avcodec_parameters_to_context(codec_.get(), stream->codecpar) < 0) return false;
    codec_->thread_count = 1;
    codec_->max_pixels = (int64_t)std::min<uint64_t>(options.max_pixels, INT32_MAX);
    codec_->skip_frame = AVDISCARD_NONKEY;
    codec_->skip_loop_filter = AVDISCARD_NONREF;
    codec_->err_recognition = 0;
    if (avcodec_open2(codec_.get(), codec, nullptr) < 0) return false;
    quarters_ = turns(stream);
    return true;
  }

  AVStream *stream() const { return stream_; }
  void decode_everything() { codec_->skip_frame = AVDISCARD_DEFAULT; }
  void flush() { avcodec_flush_buffers(codec_.get()); }

  /// Gives a packet (nullptr: the end) to the decoder; true when a picture came out of it.
  bool decode(const AVPacket *packet, AVFrame *picture) {
    if (avcodec_send_packet(codec_.get(), packet) < 0 && packet) return false;
    return avcodec_receive_frame(codec_.get(), picture) == 0;
  }

  /// The picture in grey, upright; false when it cannot be converted.
  bool convert(const AVFrame *picture, uint64_t max_pixels, Frame &out) {
    if (picture->width < 1 || picture->height < 1 || (uint64_t)picture->width * picture->height > max_pixels) return false;
    scale_.reset(sws_getCachedContext(scale_.release(), picture->width, picture->height, (AVPixelFormat)picture->format,
                                      picture->width, picture->height, AV_PIX_FMT_GRAY8, SWS_POINT, nullptr, nullptr,
                                      nullptr));
    if (!scale_) return false;
    out.width = out.full_width = picture->width;
    out.height = out.full_height = picture->height;
    // Rows are written in steps of up to 64 bytes: room for that behind the last one.
    std::vector<uint8_t> rows((size_t)picture->width * picture->height + 64);
    uint8_t *planes[4] = {rows.data()};
    int strides[4] = {picture->width};
    if (sws_scale(scale_.get(), picture->data, picture->linesize, 0, picture->height, planes, strides) <= 0) return false;
    rows.resize((size_t)picture->width * picture->height);
    out.gray.swap(rows);
    turn(out, quarters_);
    return true;
  }

 private:
  AVStream *stream_ = nullptr;
  Owned<AVCodecContext> codec_;
  Owned<SwsContext> scale_;
  int quarters_ = 0;
};

class Video {
 public:
  Video(cv_read read, void *context, uint64_t size, const cv_options &options, const FrameSink &sink)
      : options_(options), sink_(sink),
        input_{read, context, (int64_t)std::min<uint64_t>(size, INT64_MAX / 4), 0, 0} {
    input_.budget = input_.size * 2 + (256 << 20);
  }

  Decoded run() {
    Decoded out;
    if (!open(out)) return out;
    const unsigned tracks = std::min(format_->nb_streams, kStreams);
    bool any = false;
    for (unsigned i = 0; i < tracks; i++) {
      AVStream *stream = format_->streams[i];
      if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO) has_sound_ = true;
      if (stream->codecpar->codec_type != AVMEDIA_TYPE_VIDEO) continue;
      any = true;
      Track track;
      if (!track.open(stream, options_)) {
        unknown_ = true;
      } else if (stream->disposition & AV_DISPOSITION_ATTACHED_PIC) {
        cover(track);
      } else {
        const uint32_t before = given_;
        sample(track, true);
        if (wanted_ && given_ < options_.max_video_frames && (given_ - before) * std::max(kSparseSeconds, 2 * gap_) < seconds_) {
          track.decode_everything();
          sparse_ = true;
          sample(track, false);
        }
      }
      if (!wanted_) break;
    }
    finish(out, any, tracks < format_->nb_streams);
    return out;
  }

 private:
  bool open(Decoded &out) {
    out.disposition = CV_FAILED;
    out.reason = "corrupt";
    uint8_t *buffer = (uint8_t *)av_malloc(kBuffer);
    io_.reset(buffer ? avio_alloc_context(buffer, kBuffer, 0, &input_, Input::pull, nullptr, Input::seek) : nullptr);
    AVFormatContext *format = avformat_alloc_context();
    if (!io_ || !format) {
      avformat_free_context(format);
      out.reason = "memory-limit";
      return false;
    }
    format->pb = io_.get();
    format->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_DISCARD_CORRUPT;
    format->max_streams = kStreams * 4;
    format->probesize = 4 << 20;
    format->max_analyze_duration = 2 * AV_TIME_BASE;
    AVDictionary *settings = nullptr;
    av_dict_set(&settings, "format_whitelist", kFormats, 0);
    av_dict_set(&settings, "codec_whitelist", kCodecs, 0);
    av_dict_set(&settings, "protocol_whitelist", "none", 0);
    av_dict_set(&settings, "enable_drefs", "0", 0);
    av_dict_set(&settings, "threads", "1", 0);
    const int result = avformat_open_input(&format, nullptr, nullptr, &settings);
    av_dict_free(&settings);
    if (result < 0) return false;  // frees the context
    format_.reset(format);
    std::vector<AVDictionary *> each(format_->nb_streams, nullptr);
    for (auto &d : each) av_dict_set(&d, "threads", "1", 0);
    const int known = avformat_find_stream_info(format_.get(), each.data());
    for (auto &d : each) av_dict_free(&d);
    if (known < 0) return false;
    const char *name = format_->iformat->name;
    out.format.assign(name, std::min<size_t>(std::strcspn(name, ","), CV_WORD_LENGTH - 1));
    packet_.reset(av_packet_alloc());
    picture_.reset(av_frame_alloc());
    return packet_ && picture_;
  }

  bool give(Track &track) {
    Frame frame;
    frame.index = given_;
    if (!track.convert(picture_.get(), options_.max_pixels, frame)) {
      refused_++;
      return true;
    }
    given_++;
    wanted_ = sink_(std::move(frame));
    return wanted_ && given_ < options_.max_video_frames;
  }

  void cover(Track &track) {
    if (track.decode(&track.stream()->attached_pic, picture_.get())) give(track);
  }

  /// Time between two pictures, in the track's units.
  int64_t interval(const AVStream *stream, int64_t duration) const {
    const AVRational ms = {1, 1000};
    int64_t step = av_rescale_q(std::max(1u, options_.video_interval_ms), ms, stream->time_base);
    if (duration > 0 && options_.max_video_frames > 0) step = std::max(step, duration / options_.max_video_frames);
    return std::max<int64_t>(step, 1);
  }

  /// Hands over pictures at even distances: keyframes only, or whatever stands there.
  void sample(Track &track, bool keys) {
    AVStream *stream = track.stream();
    int64_t duration = stream->duration != AV_NOPTS_VALUE ? stream->duration : 0;
    if (duration <= 0 && format_->duration != AV_NOPTS_VALUE) {
      duration = av_rescale_q(format_->duration, AV_TIME_BASE_Q, stream->time_base);
    }
    const int64_t step = interval(stream, duration);
    seconds_ = std::max(seconds_, duration * av_q2d(stream->time_base));
    gap_ = std::max(gap_, step * av_q2d(stream->time_base));
    const int64_t start = stream->start_time != AV_NOPTS_VALUE ? stream->start_time : 0;
    for (unsigned i = 0; i < format_->nb_streams; i++) {
      format_->streams[i]->discard =
          format_->streams[i] != stream ? AVDISCARD_ALL : keys ? AVDISCARD_NONKEY : AVDISCARD_DEFAULT;
    }
    // The first picture has been seen when this is the second time.
    int64_t due = keys ? kNone : start + step;  // time from which a picture is wanted
    av_seek_frame(format_.get(), stream->index, start, AVSEEK_FLAG_BACKWARD);
    track.flush();
    packets_ = keys ? INT32_MAX : kDecodedPackets;
    for (unsigned n = 0; n <= options_.max_video_frames; n++) {
      const int64_t time = next(track, due, keys);
      if (time == kNone || !give(track)) return;
      due = (time == AV_NOPTS_VALUE ? (due == kNone ? start : due) : time) + step;
      // Jumping saves reading what lies between; where it fails, reading on does as well.
      if (keys && duration > 0 && step > av_rescale_q(4000, {1, 1000}, stream->time_base)) {
        if (av_seek_frame(format_.get(), stream->index, due, 0) >= 0) track.flush();
      }
    }
  }

  /// Decodes to the first picture at or after `due`; its time, `kNone` at the end.
  int64_t next(Track &track, int64_t due, bool keys) {
    for (int packets = 0; packets < kPacketsForOne && packets_ > 0; packets++, packets_--) {
      const bool ended = av_read_frame(format_.get(), packet_.get()) < 0;
      if (!ended && packet_->stream_index != track.stream()->index) {
        av_packet_unref(packet_.get());
        continue;
      }
      const int64_t stamp = ended ? AV_NOPTS_VALUE : packet_->pts != AV_NOPTS_VALUE ? packet_->pts : packet_->dts;
      const bool early = keys && !ended && due != kNone && stamp != AV_NOPTS_VALUE && stamp < due;
      const bool key = ended || !keys || packet_->flags & AV_PKT_FLAG_KEY;
      bool seen = false;
      if (key && !early) seen = track.decode(ended ? nullptr : packet_.get(), picture_.get());
      if (!ended) av_packet_unref(packet_.get());
      if (seen) {
        const int64_t time = picture_->best_effort_timestamp;
        if (due == kNone || time == AV_NOPTS_VALUE || time >= due) return time;
      }
      if (ended) return kNone;
    }
    return kNone;
  }

  void finish(Decoded &out, bool any, bool more) {
    out.frames = given_;
    char note[CV_NOTE_LENGTH];
    if (given_ == 0) {
      out.disposition = refused_ ? CV_LIMITED : any && unknown_ ? CV_PARTIAL : any ? CV_FAILED : CV_PARTIAL;
      out.reason = refused_ ? "pixel-limit" : any && unknown_ ? "video-not-examined" : any ? "corrupt" : "audio-not-examined";
      return;
    }
    out.disposition = CV_PARTIAL;
    out.reason = "video-sampled";
    std::snprintf(note, sizeof note, "%u pictures of %.0f seconds were looked at, at most one each %.1f seconds", given_,
                  std::min(seconds_, 1e9), std::min(gap_, 1e9));
    out.notes.emplace_back(note);
    if (sparse_) out.notes.emplace_back("keyframes are far apart: other pictures were decoded too");
    if (has_sound_) out.notes.emplace_back("sound was not listened to");
    if (unknown_) out.notes.emplace_back("a track in an unknown encoding was not looked at");
    if (more) out.notes.emplace_back("more tracks than are looked at");
  }

  const cv_options &options_;
  const FrameSink &sink_;
  Input input_;
  // Freed in reverse: the format uses the input.
  Owned<AVIOContext> io_;
  Owned<AVFormatContext> format_;
  Owned<AVPacket> packet_;
  Owned<AVFrame> picture_;
  uint32_t given_ = 0, refused_ = 0;
  double seconds_ = 0, gap_ = 0;
  bool wanted_ = true, unknown_ = false, has_sound_ = false, sparse_ = false;
  int packets_ = 0;  // that may still be read
};

}  // namespace

void video_initialize();
void video_initialize() {
  av_log_set_level(AV_LOG_QUIET);
  av_get_cpu_flags();
}

Decoded decode_video(cv_read read, void *context, uint64_t size, const cv_options &options, const FrameSink &sink) {
  try {
    return Video(read, context, size, options, sink).run();
  } catch (const std::bad_alloc &) {
    Decoded out;
    out.disposition = CV_FAILED;
    out.reason = "memory-limit";
    return out;
  } catch (...) {
    Decoded out;
    out.disposition = CV_FAILED;
    out.reason = "corrupt";
    return out;
  }
}

}  // namespace custody
