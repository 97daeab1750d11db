using System.Text.Json.Nodes;

namespace Sallyport.Runner.Messages;

/// <summary>One line between the tool (the service's part), the listener and the worker. One member is set.</summary>
internal sealed record PipeMessage
{
    /// <summary>To the worker: its job.</summary>
    public JobRequest? Job { get; init; }

    /// <summary>
    /// To the worker, with <see cref="Job"/>: the message in the service's own form, for the worker's log.
    /// </summary>
    public JsonObject? Message { get; init; }

    /// <summary>To the worker: stop.</summary>
    public bool Cancel { get; init; }

    /// <summary>From the worker: a line of the job's log.</summary>
    public string? Line { get; init; }

    /// <summary>From the worker: the end.</summary>
    public JobResult? Result { get; init; }

    /// <summary>From the listener: the worker's exit code.</summary>
    public int? Exited { get; init; }
}
