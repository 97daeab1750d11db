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
    private readonly FileStream words;
    private bool isGone;
    private bool isReleased;

    private JobProcess(LaunchOrder order)
    {
        Pid = OwnImage.Start(
            ["sallyport", "internal", "launch", Number(gate.Reader), Number(report.Writer)], gate.Reader, report.Writer);
        gate.Reader.Dispose();
        report.Writer.Dispose();
        words = new FileStream(gate.Writer, FileAccess.Write, 0);
        using var text = new MemoryStream();
        order.Write(text);
        Say(text.GetBuffer().AsSpan(0, (int)text.Length));
    }

    internal int Pid { get; }

    /// <summary>Starts it and tells it what it is to become; it waits with that.</summary>
    internal static JobProcess Prepare(LaunchOrder order) => new(order);

    /// <summary>Of an order with overlays, once: waits until they are in place; gives how many are.</summary>
    internal unsafe int WaitForOverlays()
    {
        byte placed = 0;
        return Interop.Libc.read(report.Reader, &placed, 1) == 1 ? placed : 0;
    }

    /// <summary>Opens the gate, and waits until the command runs or could not be started.</summary>
    internal LaunchResult Release()
    {
        isReleased = true;
        Say([1]);
        words.Dispose();
        if (isGone)
        {
            return new LaunchResult(LaunchFailure.NotReleased, 0);
        }

        Span<byte> message = stackalloc byte[5];
        using var answer = new FileStream(report.Reader, FileAccess.Read, 1);
        return answer.ReadAtLeast(message, message.Length, throwOnEndOfStream: false) == message.Length
            ? new LaunchResult((LaunchFailure)message[0], BitConverter.ToInt32(message[1..]))
            : new LaunchResult(null, 0);
    }

    /// <summary>Without <see cref="Release"/> the waiting process is ended, and is gone when this returns: nobody is in its cgroup.</summary>
    public void Dispose()
    {
        words.Dispose();
        gate.Dispose();
        report.Dispose();
        if (!isReleased)
        {
            isReleased = true;
            _ = Interop.Libc.kill(Pid, Native.SIGKILL);
            OwnImage.Reap(Pid);
        }
    }

    private void Say(ReadOnlySpan<byte> text)
    {
        try
        {
            words.Write(text);
        }
        catch (IOException)
        {
            isGone = true; // killed by somebody before it could start
        }
    }

    private static string Number(Microsoft.Win32.SafeHandles.SafeFileHandle handle) =>
        OwnImage.Number(handle).ToString(CultureInfo.InvariantCulture);
}
