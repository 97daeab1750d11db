using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Sallyport.Agent.Core.DockerApi;
using Sallyport.Agent.Host;
using Sallyport.Policy;
using Sallyport.Wire;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// Refuses what would give the machine away, where `privileged-container` blocks or sudo is bounded: a container as it is asked for, and
/// once more before it is started or entered, or files are taken out of it or put there, by what the daemon itself says of it, whoever
/// made it. What a request means that cannot be read is not guessed, and
/// what makes containers in ways that are not looked into (swarm, plug-ins) is refused with it.
/// </summary>
/// <param name="records">Takes what is told.</param>
internal sealed class ContainerJudge(AgentRecords records) : IRequestJudge
{
    private const int MostExecutions = 16_384;
    private const string Unreadable = ContainerAccess.NotUnderstood;
    private const string Undescribed = "undescribed";
    private static readonly string[] Clients = ["docker", "podman"];
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>By execution; bounded by <see cref="MostExecutions"/>, past which a client is nobody's.</summary>
    private readonly ConcurrentDictionary<uint, ulong> firstProcesses = new();

    private volatile bool policyBlocks;
    private volatile bool isSudoBounded;

    /// <summary>It refuses; else all passes, and what a container has is found after it was made.</summary>
    internal bool IsOn => policyBlocks || isSudoBounded;

    /// <summary>As a policy says from here on.</summary>
    internal void Apply(DetectionAction action) => policyBlocks = action == DetectionAction.Block;

    /// <summary>Root is to have bounds: a container without would be the way round them.</summary>
    internal void BoundSudo() => isSudoBounded = true;

    /// <summary>The runner's worker forked this process: what it asks for by its own client is the runner's.</summary>
    internal void Opened(uint execution, ulong process)
    {
        if (firstProcesses.Count < MostExecutions)
        {
            firstProcesses[execution] = process;
        }
    }

    public bool WantsBody(DockerAction action) => IsOn
        && action is DockerAction.CreateContainer or DockerAction.StartContainer or DockerAction.UpdateContainer or DockerAction.CreateExec
            or DockerAction.CreateVolume;

    public bool WantsDescription(DockerAction action) => IsOn
        && action is DockerAction.StartContainer or DockerAction.CreateExec or DockerAction.Attach or DockerAction.CopyFiles;

    public string? Refuse(DockerClient client, DockerRequest request, HttpRequestHead head, ReadOnlySpan<byte> body)
    {
        if (!IsOn)
        {
            return null;
        }

        try
        {
            return Judge(client, request, request.Action switch
            {
                DockerAction.CreateContainer when DockerRequest.IsLibpod(head) => LibpodAccess.Read(body),
                DockerAction.CreateContainer => ContainerAccess.Read(body),
                DockerAction.StartContainer when !body.IsEmpty => ContainerAccess.ReadSettings(body),
                DockerAction.UpdateContainer when !body.IsEmpty => UpdateAccess.Read(body),
                DockerAction.CreateExec => ContainerAccess.ReadExec(body),
                DockerAction.CreateVolume when !body.IsEmpty => ContainerAccess.ReadVolume(body),
                DockerAction.Build or DockerAction.BuildByBuildKit => BuildAccess.Read(head),
                DockerAction.BuildKit when request.AsksBuildKit && head.Body != HttpBody.None => Unreadable, // the daemon would read it as what follows
                DockerAction.Untold => "untold",
                _ => null,
            }, DockerText.TryReadText(body, DockerRequest.IsLibpod(head) ? "image"u8 : "Image"u8));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Judge(client, request, Unreadable, null);
        }
    }

    public Func<ReadOnlyMemory<byte>, string?>? Watch(DockerClient client, DockerRequest request)
    {
        if (!IsOn || !request.AsksBuildKit)
        {
            return null;
        }

        var watch = new BuildKitWatch();
        return bytes => watch.Take(bytes.Span) ? null : Judge(client, request, watch.Has, null);
    }

    public string? RefuseDescribed(DockerClient client, DockerRequest request, ReadOnlySpan<byte> description)
    {
        try
        {
            return DockerText.IsId(DockerText.TryReadText(description, "Id"u8))
                ? Judge(client, request, ContainerAccess.Read(description), ImageOf(description))
                : Judge(client, request, Undescribed, null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Judge(client, request, Undescribed, null);
        }
    }

    private string? Judge(DockerClient client, DockerRequest request, string? has, string? image)
    {
        if (has is null || (has == MachinePaths.Socket && IsOfRunner(client)))
        {
            return null;
        }

        var facts = string.Join('\0', has, image ?? string.Empty, request.Action.ToString());
        records.AddChange(
            ChangeSource.Container, client.Owner?.Process ?? 0, (uint)client.Pid, Encoding.UTF8.GetBytes(facts), client.Owner?.Execution ?? 0);
        return has switch
        {
            Unreadable => "sallyport: the request cannot be understood, and was not passed on (privileged-container)",
            Undescribed => "sallyport: what its runtime says of the container cannot be had or read, and nothing was done with it (privileged-container)",
            "untold" => "sallyport: requests of this kind are not passed on, for what they start cannot be looked at (privileged-container)",
            _ => $"sallyport: refused, for it would have of this machine: {has} (privileged-container)",
        };
    }

    /// <summary>
    /// The runner gives the socket to each container that it starts itself. Its client is the first process of an execution, which the
    /// kernel has numbered; the record of that may be a moment behind.
    /// </summary>
    private bool IsOfRunner(DockerClient client) => client.Owner is { Execution: not 0 } owner
        && SpinWait.SpinUntil(() => firstProcesses.ContainsKey(owner.Execution), Patience)
        && firstProcesses[owner.Execution] == owner.Process
        && Clients.Contains(Path.GetFileName(ProcText.TryReadLink($"/proc/{client.Pid}/exe")));

    /// <summary><c>Config.Image</c>, as it was asked for.</summary>
    private static string? ImageOf(ReadOnlySpan<byte> description)
    {
        var json = new Utf8JsonReader(description);
        for (var isObject = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isObject && JsonWalk.Next(ref json);)
        {
            if (!json.ValueTextEquals("Config"u8))
            {
                json.Skip();
                continue;
            }

            for (var isConfig = JsonWalk.Enter(ref json, JsonTokenType.StartObject); isConfig && JsonWalk.Next(ref json);)
            {
                var isImage = json.ValueTextEquals("Image"u8);
                json.Read();
                if (isImage && json.TokenType == JsonTokenType.String)
                {
                    return json.GetString();
                }

                json.Skip();
            }
        }

        return null;
    }
}
