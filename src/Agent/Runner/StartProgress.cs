using System.Text;
using Sallyport.Agent.Control.Sockets;

namespace Sallyport.Agent.Runner;

/// <summary>
/// Where the start of a job's process is, told to the service: when nothing comes for too long, whoever waits is told what it hangs in.
/// Between two images of one program, as <see cref="RunnerJobOrder"/>.
/// </summary>
internal sealed class StartProgress(MessageSocket service)
{
    /// <summary>No reply begins with it: those are JSON.</summary>
    private const byte Mark = (byte)'#';

    /// <param name="step">What is being done from here on, to follow "it was".</param>
    internal void Say(string step) => _ = service.TrySend([Mark, .. Encoding.UTF8.GetBytes(step)]);

    /// <summary>The step that a message tells of; null when it is a reply.</summary>
    internal static string? StepOf(ReadOnlySpan<byte> message) =>
        message.Length > 0 && message[0] == Mark ? Encoding.UTF8.GetString(message[1..]) : null;
}
