using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Sallyport.Agent.Control;
using Sallyport.Agent.Files;
using Sallyport.Agent.Host;
using Sallyport.Agent.Sinks;

namespace Sallyport.Agent.Upload;

/// <summary>The agent's end of its uploader (<see cref="UploadTask"/>).</summary>
internal sealed class UploadProcess : IDisposable
{
    /// <summary>How long the end of a job waits for the last segments; the uploader goes on by itself after.</summary>
    internal static readonly TimeSpan WaitAtEnd = TimeSpan.FromSeconds(3);

    private const string Later = "sallyport upload RECORDING";

    private readonly string host;
    private readonly FileStream words;
    private readonly StreamReader answers;

    private UploadProcess(int pid, string host, FileStream words, SafeFileHandle answers)
    {
        (Pid, this.host) = (pid, host);
        this.words = words;
        this.answers = new StreamReader(new FileStream(answers, FileAccess.Read, 1));
    }

    internal int Pid { get; }

    /// <summary>Starts to send the recording in a spool folder. Its first segment need not be there yet.</summary>
    /// <exception cref="IOException">It cannot be started.</exception>
    internal static UploadProcess Start(
        string spool, UploadTarget target, bool ofRunner, string? policyVersion, IEnumerable<int> inherited)
    {
        // By open(2): the framework asks for the lock that the writer holds (flock(2)).
        var path = Path.Combine(spool, RecordingHandover.FileName);
        using var recording = SafeFile.TryOpenToRead(path) ?? throw Errno.Failure(path);
        using var orders = DescriptorPipe.Open();
        var results = DescriptorPipe.Open();
        var pid = OwnImage.StartDaemon(
            ["sallyport", "internal", "upload", Number(recording), Number(orders.Reader), Number(results.Writer)],
            inherited, recording, orders.Reader, results.Writer);
        results.Writer.Dispose();
        var words = new FileStream(orders.TakeWriter(), FileAccess.Write, 0);
        var order = JsonSerializer.Serialize(
            new UploadOrder(target.Server.ToString(), target.Credential, ofRunner, policyVersion, target.Proxy), UploadJson.Default.UploadOrder);
        words.Write(Encoding.UTF8.GetBytes(order + "\n"));
        return new UploadProcess(pid, target.Server.Host, words, results.Reader);
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
    /// <param name="segments">Of the whole recording.</param>
    /// <returns>Whether all of it is there, and what came of it, in one line.</returns>
    internal (bool IsWhole, string Said) End(long segments)
    {
        var result = Wait();
        return (result is { IsFinal: true, Page: not null, Failure: null } && result.Delivered >= segments, Describe(result, segments));
    }

    /// <summary>How far it is at its end, or after a little while.</summary>
    private UploadResult Wait()
    {
        words.Dispose();
        var since = TimeProvider.System.GetTimestamp();
        var result = new UploadResult(null, 0, null, IsFinal: false);
        while (!result.IsFinal && WaitAtEnd - TimeProvider.System.GetElapsedTime(since) is { Ticks: > 0 } left)
        {
            var line = answers.ReadLineAsync();
            if (!line.Wait(left))
            {
                return result;
            }

            result = line.GetAwaiter().GetResult() is not { } text
                ? result with { Failure = "what sends it has ended early", IsFinal = true }
                : JsonSerializer.Deserialize(text, UploadJson.Default.UploadResult) ?? result;
        }

        if (result.IsFinal)
        {
            OwnImage.Reap(Pid);
        }

        return result;
    }

    public void Dispose()
    {
        words.Dispose();
        answers.Dispose();
    }

    private string Describe(UploadResult result, long segments)
    {
        var left = Math.Max(0, segments - result.Delivered);
        var which = string.Create(CultureInfo.InvariantCulture, $"{left} of {segments} segments");
        return result switch
        {
            { IsFinal: false } => $"{which} are not delivered to {host} yet: it goes on for {UploadTask.Grace.TotalSeconds:0} seconds; later: {Later}",
            { Page: null } => $"{which} were not delivered to {host}: {result.Failure ?? "no answer"}; later: {Later}",
            { Failure: not null } when left == 0 => $"the end of the job was not delivered to {host}: {result.Failure}; later: {Later}",
            { Failure: not null } => $"{which} were not delivered to {host}: {result.Failure}; later: {Later}",
            _ when left > 0 => $"{which} were not delivered to {host}; later: {Later}",
            _ => $"server  {result.Page}",
        };
    }

    private static string Number(SafeFileHandle handle) => OwnImage.Number(handle).ToString(CultureInfo.InvariantCulture);
}
