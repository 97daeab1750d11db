using System.Collections.Immutable;

namespace Sallyport.Agent.Core.Detection;

/// <summary>What a job does with what it was trusted with: its processors, its name at a registry, its identity at a cloud.</summary>
public static class SupplyFindings
{
    /// <summary><c>mining-protocol</c>.</summary>
    public static FindingKind MiningProtocol { get; } = new(
        "mining-protocol",
        "A connection spoke the protocol of a pool of miners (stratum).",
        "high",
        "By the first 1024 bytes that the job sends in the clear, whatever the port and the name of the program: calls `mining.…` and "
        + "`eth_submitLogin`, and the login of Monero’s pools. With `block` they do not leave. Not seen: the same inside TLS, where "
        + "only the destination tells.",
        "Find out where the program came from, and renew what the job could read.")
    {
        CanBlock = true,
        IsBlockedByDefault = true,
        Evidence =
        [
            ("peer", "name and address, where they are known"),
            ("port", "there"),
            ("connection", "its number in the recording"),
            FindingEvidence.Container,
        ],
    };

    /// <summary><c>package-published</c>.</summary>
    public static FindingKind PackagePublished { get; } = new(
        "package-published",
        "A package was published by a step that the policy does not name for it.",
        "medium",
        "Worms publish themselves with the token that they find. Seen by program and arguments: npm, pnpm, yarn, bun, twine, uv, poetry, "
        + "flit, hatch, cargo, gem, dotnet nuget, helm, and pushes of docker, podman, buildah and skopeo; a dry run is none. Not "
        + "seen: a program that speaks to the registry by itself, which the policy’s destinations of a step stop.",
        "Name the step that publishes: `expect: { publish: [{ id: release }] }`. Was it another one, look at what was published.")
    {
        Evidence = [("command", "program and words, as in `npm publish`"), FindingEvidence.Container],
    };

    /// <summary><c>id-token-requested</c>.</summary>
    public static FindingKind IdTokenRequested { get; } = new(
        "id-token-requested",
        "A step that the policy does not name for it called the service that gives out the job’s identity (OIDC).",
        "medium",
        "With that token the step is the workflow, at a cloud or at a registry. Seen: a connection that says the host of "
        + "ACTIONS_ID_TOKEN_REQUEST_URL, as the step’s own environment has it. The path is inside TLS, so a step whose environment names the "
        + "same host for caches or artifacts too is not told.",
        "Name the step that asks: `expect: { id-token: [{ id: deploy }] }`. Take `id-token: write` from jobs that do not.")
    {
        Evidence = [("host", "that was called"), FindingEvidence.Container],
    };

    /// <summary>All of them, in the order of the manual.</summary>
    public static ImmutableArray<FindingKind> All { get; } = [MiningProtocol, PackagePublished, IdTokenRequested];
}
