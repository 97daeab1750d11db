using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Control;
using Sallyport.Agent.Host;
using Sallyport.Agent.Sinks;

namespace Sallyport.Agent.Upload;

/// <summary>The agent's end of its uploader (<see cref="UploadTask"/>).</summary>
internal sealed class UploadProcess : IDisposable
{
    /// <summary>How long the end of a job waits for the last segments; the uploader goes on by itself after.</summary>
    internal static readonly TimeSpan WaitAtEnd = TimeSpan.FromSeconds(3);

    private readonly int pid;
    private readonly FileStream words;
    private readonly StreamReader answers;

    private UploadProcess(int pid, FileStream words, SafeFileHandle answers)
    {
        this.pid = pid;
        this.words = words;
        this.answers = new StreamReader(new FileStream(answers, FileAccess.Read, 1));
    }

    /// <summary>Starts to send the recording in a spool folder. Its first segment need not be there yet.</summary>
    private static UploadProcess Start(
        string spool, UploadTarget target, bool ofRunner, string? policyVersion, IEnumerable<int> inherited)
    {
        using var recording = Open(Path.Combine(spool, RecordingHandover.FileName));
        using var orders = DescriptorPipe.Open();
        var results = DescriptorPipe.Open();
        var pid = OwnImage.StartDaemon(
            ["sallyport", "internal", "upload", Number(recording), Number(orders.Reader), Number(results.Writer)],
            inherited, recording, orders.Reader, results.Writer);
        results.Writer.Dispose();
        var words = new FileStream(orders.TakeWriter(), FileAccess.Write, 0);
        var order = JsonSerializer.Serialize(
            new UploadOrder(target.Server.ToString(), target.Credential, ofRunner, policyVersion), UploadJson.Default.UploadOrder);
        words.Write(Encoding.UTF8.GetBytes(order + "\n"));
        return new UploadProcess(pid, words, results.Reader);
    }

    /// <summary>As <see cref="Start"/>; that it cannot be started is said, and fails nothing.</summary>
    internal static UploadProcess? TryStart(
        string spool, UploadTarget target, bool ofRunner, string? policyVersion, IEnumerable<int> inherited, Action<string> say)
    {
        try
        {
            return Start(spool, target, ofRunner, policyVersion, inherited);
        }
        catch (IOException e)
        {
            say($"nothing is sent to {target.Server.Host}: {e.Message}");
            return null;
        }
    }

    /// <summary>Says that the job has ended, and waits a little.</summary>
    /// <returns>Null when it is not done yet.</returns>
    internal UploadResult? End()
    {
        words.Dispose();
        var line = answers.ReadLineAsync();
        if (!line.Wait(WaitAtEnd) || line.GetAwaiter().GetResult() is not { } text)
        {
            return null;
        }

        OwnImage.Reap(pid);
        return JsonSerializer.Deserialize(text, UploadJson.Default.UploadResult);
    }

    public void Dispose()
    {
        words.Dispose();
        answers.Dispose();
    }

    /// <summary>What is said at the end of a job, in one line.</summary>
    internal static string Describe(UploadResult? result, Uri server) => result switch
    {
        null => $"the recording is still being sent to {server.Host}: it goes on for {UploadTask.Grace.TotalSeconds:0} seconds",
        { Page: null } => $"nothing was delivered to {server.Host}: {result.Failure ?? "no answer"}; later: sallyport upload RECORDING",
        { Undelivered: > 0 } => string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Undelivered} of {result.Segments} segments were not delivered to {server.Host}: {result.Failure}; later: sallyport upload RECORDING"),
        _ => $"server  {result.Page}",
    };

    // By open(2): the framework asks for the lock that the writer holds (flock(2)).
    private static SafeFileHandle Open(string path)
    {
        var descriptor = Interop.Libc.open(path, Native.O_CLOEXEC, 0);
        return descriptor < 0 ? throw Errno.Failure(path) : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static string Number(SafeFileHandle handle) => OwnImage.Number(handle).ToString(CultureInfo.InvariantCulture);
}
