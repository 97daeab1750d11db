using System.Globalization;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Control;

/// <summary>
/// The first process of the job. It exists before the kernel's side is ready, as this program waiting at a gate, so
/// that it can be tagged; the command starts in it when the gate opens.
/// </summary>
internal sealed class JobProcess : IDisposable
{
    private readonly DescriptorPipe gate = DescriptorPipe.Open();
    private readonly DescriptorPipe report = DescriptorPipe.Open();

    private JobProcess()
    {
        Pid = OwnImage.Start(
            ["sallyport", "internal", "launch", Number(gate.Reader), Number(report.Writer)], gate.Reader, report.Writer);
        gate.Reader.Dispose();
        report.Writer.Dispose();
    }

    internal int Pid { get; }

    internal static JobProcess Prepare() => new();

    /// <summary>Opens the gate, and waits until the command runs or could not be started.</summary>
    internal LaunchResult Release(LaunchOrder order)
    {
        try
        {
            using var stream = new FileStream(gate.Writer, FileAccess.Write, 1);
            using var text = new MemoryStream();
            order.Write(text);
            text.WriteByte(1);
            stream.Write(text.GetBuffer(), 0, (int)text.Length);
        }
        catch (IOException)
        {
            // Killed by somebody before it could start; the report below is then empty, and so is its wait status.
            return new LaunchResult(LaunchFailure.NotReleased, 0);
        }

        Span<byte> message = stackalloc byte[5];
        using var answer = new FileStream(report.Reader, FileAccess.Read, 1);
        return answer.ReadAtLeast(message, message.Length, throwOnEndOfStream: false) == message.Length
            ? new LaunchResult((LaunchFailure)message[0], BitConverter.ToInt32(message[1..]))
            : new LaunchResult(null, 0);
    }

    /// <summary>Without <see cref="Release"/> the waiting process sees the gate close and goes.</summary>
    public void Dispose()
    {
        gate.Dispose();
        report.Dispose();
    }

    private static string Number(Microsoft.Win32.SafeHandles.SafeFileHandle handle) =>
        OwnImage.Number(handle).ToString(CultureInfo.InvariantCulture);
}
