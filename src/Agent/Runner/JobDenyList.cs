using System.Collections.Immutable;
using System.Globalization;
using Sallyport.Agent.Configuration;
using Sallyport.Agent.Upload;
using Sallyport.Policy;
using Sallyport.Policy.Endpoints;
using Sallyport.Policy.Machine;
using Sallyport.Protocol.Control;

namespace Sallyport.Agent.Runner;

/// <summary>The owner's deny list as it holds for one job, from its start to its end (ADR 0026).</summary>
/// <param name="Name">As in <c>deny list version 7 of octo</c>; null when none is in force.</param>
/// <param name="Rules">Its entries; each says whence it is, and why.</param>
/// <param name="Envelope">For whoever takes over; empty when none is in force.</param>
/// <param name="Notices">What the job's log is to say.</param>
/// <param name="Degraded">Why this is less than the machine's owner asked for; null when it is not.</param>
internal sealed record JobDenyList(
    string? Name, ImmutableArray<PolicyRule> Rules, ReadOnlyMemory<byte> Envelope, ImmutableArray<ControlNotice> Notices, string? Degraded)
{
    /// <summary>Seconds that the start of a job waits for the server: a policy store may have to be asked as well.</summary>
    private const int MostSeconds = 4;

    /// <summary>Of a machine that has no key for one.</summary>
    internal static JobDenyList None { get; } = new(null, [], default, [], null);

    /// <summary>
    /// Asks the machine's server, where agent.yml has a key for its list. Whatever comes of it the job starts: with the list, with the one
    /// that was kept, or without one, and then that is said.
    /// </summary>
    /// <param name="settings">Of the machine.</param>
    /// <param name="before">Envelope of the agent that this one takes over from; empty when there is none.</param>
    /// <param name="patience">What is left for servers.</param>
    internal static JobDenyList Take(MachineSettings settings, byte[] before, StartPatience patience)
    {
        if (settings is not { ServerDenyListKey: { } text, Server: { } server } || !PublicKeyText.TryRead(text, out var key))
        {
            return None;
        }

        return before.Length > 0 && OpenedDenyList.TryOpen(before, key, out _) is { } opened
            ? Of(new DenyListAnswer(opened, null, IsRefused: false, NotKept: null), server)
            : Of(Ask(settings, key, patience), server);
    }

    /// <summary>What an answer is for a job.</summary>
    internal static JobDenyList Of(DenyListAnswer answer, Uri server)
    {
        var rules = answer.InForce is { } opened ? RulesOf(opened) : [];
        var unread = (answer.InForce?.List.Entries.Length ?? 0) - rules.Length;
        var name = answer.InForce?.List.Name;
        var what = (name, answer.Why, answer.IsRefused) switch
        {
            (null, { } why, false) => Warning("No deny list is in force", $"{server.Host} gave none, and none is kept here: {why}"),
            (null, { } why, true) => Warning("No deny list is in force", $"what {server.Host} gave was refused, and none is kept here: {why}"),
            (_, { } why, true) => Warning("A deny list was refused", $"what {server.Host} gave is not used: {why}; {name} stays in force"),
            (_, { } why, false) => Warning("An earlier deny list is in force", $"{name}: {server.Host} gave none: {why}"),
            _ when answer.NotKept is { } why => Warning("The deny list could not be kept", $"{name}: without the server the next job has none: {why}"),
            _ => null,
        };
        var unknown = unread == 0 ? null : Warning(
            "Entries of the deny list are not known here", string.Create(CultureInfo.InvariantCulture, $"{name}: this agent cannot read {unread} of its entries"));
        var less = new[] { answer.IsRefused || name is null ? what : null, unknown }.OfType<ControlNotice>();
        return new JobDenyList(
            name, rules, answer.InForce?.Envelope ?? default, [.. new[] { what, unknown }.OfType<ControlNotice>()],
            string.Join("; ", less.Select(notice => $"{notice.Title}: {notice.Message}")) is { Length: > 0 } said ? said : null);
    }

    private static ControlNotice Warning(string title, string message) => new("warning", title, message);

    private static DenyListAnswer Ask(MachineSettings settings, byte[] key, StartPatience patience)
    {
        var client = new DenyListClient(new KeptDenyLists(AgentFolders.DenyLists, key), key);
        try
        {
            var target = Credentials.OfMachine(settings)!;
            using var http = CurlClient.Asking(target, "deny-list", patience.AtMost(MostSeconds));
            return client.Get(exchange => http.Send([exchange])[0], target);
        }
        catch (Exception e) when (e is CommandFailure or IOException or UnauthorizedAccessException)
        {
            return client.Kept(e.Message);
        }
    }

    /// <summary>An entry that this version of the grammar does not know is left out; whoever calls counts them.</summary>
    private static ImmutableArray<PolicyRule> RulesOf(OpenedDenyList opened)
    {
        var rules = ImmutableArray.CreateBuilder<PolicyRule>();
        foreach (var entry in opened.List.Entries)
        {
            if (Endpoint.TryParse(entry.Endpoint, EndpointUse.Deny, out var endpoint, out _))
            {
                rules.Add(new PolicyRule(endpoint, new RuleOrigin($"{opened.List.Name}: {entry.Reason}", 0, 0, null)));
            }
        }

        return rules.ToImmutable();
    }
}
