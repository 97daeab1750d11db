using System.Globalization;
using Sallyport.Protocol.DenyLists;

namespace Sallyport.Agent.Upload;

/// <summary>
/// Asks a server for the deny list of the credential's owner. The server, and all on the way there, may say what they like: a list counts
/// when the key of agent.yml has signed it, and when this machine has accepted no later one, no other one of that version, and none of
/// another owner.
/// </summary>
internal sealed class DenyListClient(KeptDenyLists kept, byte[] key)
{
    /// <summary>Asks.</summary>
    /// <param name="send">Sends a request.</param>
    /// <param name="target">The machine's own server.</param>
    internal DenyListAnswer Get(Func<HttpExchange, HttpAnswer> send, UploadTarget target)
    {
        var answer = send(new("GET", target.AddressOf("api/v1/deny-list"), target.Credential, "application/json", default, []));
        if (!answer.IsSuccess)
        {
            return Kept(answer.Status == 404
                ? "it has no deny list"
                : answer.Why ?? string.Create(CultureInfo.InvariantCulture, $"HTTP {answer.Status}"));
        }

        var last = kept.Read();
        return OpenedDenyList.TryOpen(answer.Body, key, out var why) is not { } fresh
            ? new DenyListAnswer(last, why, IsRefused: true, NotKept: null)
            : last is not null && Conflict(last.List, fresh.List) is { } conflict
                ? new DenyListAnswer(last, conflict, IsRefused: true, NotKept: null)
                : new DenyListAnswer(fresh, null, IsRefused: false, kept.Keep(fresh));
    }

    /// <summary>The one that was kept, for a server that could not be asked.</summary>
    internal DenyListAnswer Kept(string why) => new(kept.Read(), why, IsRefused: false, NotKept: null);

    private static string? Conflict(DenyList last, DenyList offered) =>
        offered.Owner != last.Owner ? $"it is of {offered.Owner}, and this machine has one of {last.Owner}"
        : offered.Version < last.Version
            ? string.Create(CultureInfo.InvariantCulture, $"it is version {offered.Version}, and this machine has accepted version {last.Version}")
        : offered.Version == last.Version && !offered.IsSameAs(last)
            ? string.Create(CultureInfo.InvariantCulture, $"it is another version {offered.Version} than the one that this machine has accepted")
        : null;
}
