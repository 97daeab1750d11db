using System.Buffers;
using System.Text;

namespace Sallyport.Agent.Core.DockerApi;

/// <summary>One request, as far as it says what becomes of containers.</summary>
/// <param name="Action">What it means.</param>
/// <param name="Reference">Id, prefix of an id or name of the container, or id of the exec; empty for others.</param>
public sealed record DockerRequest(DockerAction Action, string Reference)
{
    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.-");

    /// <summary>Of a name of an image with its registry and tag.</summary>
    private static readonly SearchValues<char> ImageCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-/:@");

    private const int LongestImage = 255;

    private static readonly string[] HarmlessForContainer =
        ["stop", "kill", "wait", "resize", "pause", "unpause", "rename"];

    private static readonly string[] Harmless =
    [
        "containers/prune", "images/load", "images/prune", "networks/create", "networks/prune", "volumes/prune",
        "commit", "build/prune", "build/cancel",
    ];

    /// <summary>The connection stops being HTTP/1 once the daemon agrees.</summary>
    public bool BecomesStream => Action is DockerAction.Attach or DockerAction.StartExec or DockerAction.BuildKit;

    /// <summary>The client asks BuildKit for builds on the connection, and does not only serve it what a build needs.</summary>
    public bool AsksBuildKit { get; private init; }

    /// <summary>Of a build: what the image is to be called, by the first <c>t</c>; null for other requests and for what is no name.</summary>
    public string? Tag { get; private init; }

    /// <summary>Reads the path, with or without a version in front (<c>/v1.41</c>).</summary>
    public static DockerRequest Of(HttpRequestHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        var segments = Segments(head, out _);
        return head.Method switch
        {
            "GET" or "HEAD" or "PUT" when segments is ["containers", var name, "archive"] => new DockerRequest(DockerAction.CopyFiles, name),
            "POST" when segments is ["build"] && IsForBuildKit(head) => new DockerRequest(DockerAction.BuildByBuildKit, string.Empty)
            {
                Tag = TagOf(head.Query),
            },
            "POST" => OfPost(segments),
            "PUT" => new DockerRequest(segments is ["volumes", _] ? DockerAction.Other : DockerAction.Untold, string.Empty),
            "GET" when segments is ["containers", var name, "attach", "ws"] => new DockerRequest(DockerAction.Attach, name),
            "GET" when segments is ["images", "search"] or ["distribution", ..] =>
                new DockerRequest(DockerAction.Registry, string.Empty),
            _ => new DockerRequest(DockerAction.Other, string.Empty),
        };
    }

    /// <summary>Podman's own interface is spoken, not the one that it has from Docker.</summary>
    public static bool IsLibpod(HttpRequestHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        _ = Segments(head, out var isLibpod);
        return isLibpod;
    }

    /// <summary>The same head, for the container that has this id whatever it is called.</summary>
    /// <param name="bytes">Of a request for one container.</param>
    /// <param name="head">Read from them.</param>
    /// <param name="id">64 hexadecimal digits.</param>
    public static byte[] ForContainer(ReadOnlySpan<byte> bytes, HttpRequestHead head, string id)
    {
        ArgumentNullException.ThrowIfNull(head);
        var segments = head.Path.Split('/');
        segments[Array.IndexOf(segments, "containers") + 1] = id;
        var target = string.Join('/', segments) + (head.Query.Length == 0 ? string.Empty : "?" + head.Query);
        var line = bytes.IndexOf("\r\n"u8);
        return [.. bytes[..bytes.IndexOf((byte)' ')], (byte)' ', .. Encoding.Latin1.GetBytes(target), .. bytes[bytes[..line].LastIndexOf((byte)' ')..]];
    }

    private static string[] Segments(HttpRequestHead head, out bool isLibpod)
    {
        var segments = head.Path.Split('/')[1..];
        if (segments.Length > 1 && IsVersion(segments[0]))
        {
            segments = segments[1..];
        }

        isLibpod = segments.Length > 1 && segments[0] == "libpod";
        return isLibpod ? segments[1..] : segments;
    }

    private static DockerRequest OfPost(string[] segments) => segments switch
    {
        ["containers", "create"] => new(DockerAction.CreateContainer, string.Empty),
        ["containers", var name, "start" or "restart"] => new(DockerAction.StartContainer, name),
        ["containers", var name, "exec"] => new(DockerAction.CreateExec, name),
        ["containers", var name, "update"] => new(DockerAction.UpdateContainer, name),
        ["containers", var name, "copy"] => new(DockerAction.CopyFiles, name),
        ["containers", var name, "attach"] => new(DockerAction.Attach, name),
        ["exec", var id, "start"] => new(DockerAction.StartExec, id),
        ["exec", _, "resize"] => new(DockerAction.Other, string.Empty),
        ["volumes", "create"] => new(DockerAction.CreateVolume, string.Empty),
        ["build"] => new(DockerAction.Build, string.Empty),
        ["session"] => new(DockerAction.BuildKit, string.Empty),
        ["grpc"] => new(DockerAction.BuildKit, string.Empty) { AsksBuildKit = true },
        ["images", "create" or "pull"] or ["auth"] => new(DockerAction.Registry, string.Empty),
        ["images", .., "push"] => new(DockerAction.Registry, string.Empty),
        ["images", .., "tag"] => new(DockerAction.Other, string.Empty),
        ["containers", _, var verb] when HarmlessForContainer.Contains(verb) => new(DockerAction.Other, string.Empty),
        ["networks", _, "connect" or "disconnect"] => new(DockerAction.Other, string.Empty),
        _ when Harmless.Contains(string.Join('/', segments)) => new(DockerAction.Other, string.Empty),
        _ => new(DockerAction.Untold, string.Empty),
    };

    /// <summary>
    /// Whether every reader finds that version asked for: a second one, an escaped one and one in the body (of a form) may be
    /// what the daemon reads.
    /// </summary>
    private static bool IsForBuildKit(HttpRequestHead head)
    {
        var pairs = head.Query.Split('&');
        return head.ContentType == "application/x-tar" && !head.Query.Contains(';', StringComparison.Ordinal)
            && Array.TrueForAll(pairs, pair => !KeyOf(pair).ContainsAnyExcept(PlainCharacters))
            && Array.FindAll(pairs, pair => KeyOf(pair).SequenceEqual("version")) is ["version=2"];
    }

    private static string? TagOf(string query)
    {
        var text = Array.Find(query.Split('&'), pair => KeyOf(pair) is "t" && pair.Length > 2);
        var tag = text is null ? null : Uri.UnescapeDataString(text[2..]);
        return tag is { Length: <= LongestImage } && !tag.AsSpan().ContainsAnyExcept(ImageCharacters) ? tag : null;
    }

    private static ReadOnlySpan<char> KeyOf(string pair) => pair.AsSpan()[..(pair + "=").IndexOf('=', StringComparison.Ordinal)];

    private static bool IsVersion(string segment) =>
        segment.Length > 1 && segment[0] == 'v' && (char.IsAsciiDigit(segment[1]) || segment[1] == '.')
        && segment.AsSpan(2).IndexOfAnyExcept(PlainCharacters) < 0;
}
