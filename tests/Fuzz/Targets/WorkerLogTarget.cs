using System.Text;
using Sallyport.Agent.Core.Correlation;
using Sallyport.Agent.Core.GitHub.Log;
using Sallyport.Agent.Core.GitHub.Steps;
using Sallyport.Protocol.Recording;

namespace Sallyport.Fuzz.Targets;

/// <summary>The worker's log, in two pieces, through the reader and the book of steps.</summary>
internal sealed class WorkerLogTarget
    : IFuzzTarget, IEventSink<WorkerEntry>, IEventSink<RecordedEvent>, IEventSink<StepAssignment>
{
    private StepBook book;
    private long now;

    public WorkerLogTarget() => book = new StepBook(this, this);

    public string Name => "workerlog";

    public IReadOnlyList<byte[]> Seeds { get; } = [Encoding.UTF8.GetBytes(Log)];

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\n", "'", "\"", "{", "}", "\n[2026-11-23 06:57:13Z INFO StepsRunner] ", "\n[2026-11-23 06:57:13Z INFO Worker] Job message:\n",
            "Processing step: DisplayName='", "Post ", "Pre ", "\\ud800", "null", "[", "]", "Finalize job.", "Job completed.", "one", "two",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private const string Log = """
        [2026-11-23 06:57:12Z INFO Worker] Job message:
         {"jobDisplayName": "Build", "steps": [
          {"contextName": "one", "id": "a", "reference": {"type": "script"}, "displayNameToken": {"lit": "One"}},
          {"contextName": "two", "id": "b", "reference": {"type": "repository", "name": "o/r", "ref": "v1"}}],
          "contextData": {"github": {"t": 2, "d": [{"k": "repository", "v": "o/r"}]}, "matrix": {"t": 2, "d": [{"k": "n", "v": 1.0}]}}}
        [2026-11-23 06:57:13Z INFO JobRunner] Total job steps: 3.
        [2026-11-23 06:57:13Z INFO StepsRunner] Processing step: DisplayName='Pre Run o/r@v1'
        [2026-11-23 06:57:13Z INFO ProcessInvokerWrapper]   File name: '/usr/bin/node'
        [2026-11-23 06:57:13Z INFO ProcessInvokerWrapper]   Arguments: 'pre.js'
        [2026-11-23 06:57:13Z INFO ProcessInvokerWrapper] Process started with process id 7, waiting for process exit.
        [2026-11-23 06:57:13Z INFO ProcessInvokerWrapper] Finished process 7 with exit code 0, and elapsed time 00:00:00.04.
        [2026-11-23 06:57:13Z INFO StepsRunner] Step result: Failed
        [2026-11-23 06:57:13Z INFO ExecutionContext] Publish step telemetry for current step {
          "action": "o/r", "stage": "Pre", "stepId": "c", "result": "failed", "startTime": "2026-11-23T06:57:13.8943113Z"
        }.
        [2026-11-23 06:57:13Z INFO StepsRunner] Processing step: DisplayName='One'
        [2026-11-23 06:57:13Z INFO StepsRunner] Evaluating: success()
        [2026-11-23 06:57:13Z INFO StepsRunner] Skipping step due to condition evaluation.
        [2026-11-23 06:57:13Z INFO JobRunner] Finalize job.
        [2026-11-23 06:57:13Z INFO JobRunner] Job result after all job steps finish: Failed
        [2026-11-23 06:57:13Z INFO Worker] Job completed.

        """;

    public void Read(ReadOnlySpan<byte> input)
    {
        book = new StepBook(this, this);
        var reader = new WorkerLogReader();
        book.ExecutionForked(1, 1, 7, now);
        book.ExecutionEnvironment(1, "GITHUB_ACTION=two\0"u8, false, now);
        var half = input.Length / 2;
        reader.Accept(input[..half], this);
        reader.Accept(input[half..], this);
        reader.NextFile(this);
        book.Completed(now);
    }

    public void Accept(WorkerEntry value) => book.Log(value, ++now);

    public void Accept(RecordedEvent value) => ArgumentNullException.ThrowIfNull(value);

    public void Accept(StepAssignment value) => ArgumentNullException.ThrowIfNull(value);
}
