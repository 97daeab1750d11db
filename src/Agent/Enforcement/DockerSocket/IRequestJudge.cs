using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// Whether a request of the job may reach the daemon. Called on the connection's own time, before a byte of the request has
/// gone on; must be quick and safe from several threads.
/// </summary>
/// <remarks>The daemon reads names in JSON without regard to case, and of two equal ones the last.</remarks>
internal interface IRequestJudge
{
    /// <summary>Whether <see cref="Refuse"/> wants the body: only of requests whose body is one document.</summary>
    bool WantsBody(DockerAction action);

    /// <summary>Why the request is refused, in a sentence for the client; null to let it pass.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="request">What for.</param>
    /// <param name="head">Path and query.</param>
    /// <param name="body">JSON as the client wrote it; empty when it was not wanted.</param>
    string? Refuse(DockerClient client, DockerRequest request, HttpRequestHead head, ReadOnlySpan<byte> body);

    /// <summary>
    /// What looks at the bytes that the client sends on the connection after the daemon agreed, one after another, and gives why it ends
    /// there; null when nothing needs to be looked at.
    /// </summary>
    /// <param name="client">Who asks.</param>
    /// <param name="request">What for.</param>
    Func<ReadOnlyMemory<byte>, string?>? Watch(DockerClient client, DockerRequest request);

    /// <summary>Whether <see cref="RefuseDescribed"/> wants to hear of a request.</summary>
    bool WantsDescription(DockerAction action);

    /// <summary>The same by what the daemon says of the container that the request is about: its own words, whatever was asked for.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="request">What for.</param>
    /// <param name="description">JSON of <c>GET /containers/ID/json</c>; empty when the daemon did not say, or said too much.</param>
    string? RefuseDescribed(DockerClient client, DockerRequest request, ReadOnlySpan<byte> description);
}
