using System.Text.Json.Nodes;
using Sallyport.Runner.Messages;
using Sallyport.Runner.Service;

namespace Sallyport.Runner.Working;

/// <summary>What the steps of a job share and change.</summary>
internal sealed class JobContext
{
    private readonly Action<string> _live;

    public JobContext(
        JobRequest request, RunnerRoot root, WorkerLog log, Action<string> live, CancellationToken cancelled)
    {
        Request = request;
        Root = root;
        Log = log;
        _live = live;
        Cancelled = cancelled;
        Masks = new SecretMasks(request.Secrets.Select(pair => pair.Value?.ToString() ?? ""));
        log.Masks = Masks;
        string repository = request.Github["repository"]!.ToString().Split('/')[1];
        PipelineFolder = $"{root.Work}/{repository}";
        Workspace = $"{PipelineFolder}/{repository}";
        Invoker = new ProcessInvoker(log);
        Actions = new ActionStore(this);
    }

    public JobRequest Request { get; }

    public RunnerRoot Root { get; }

    public WorkerLog Log { get; }

    public SecretMasks Masks { get; }

    public ProcessInvoker Invoker { get; }

    public ActionStore Actions { get; }

    public string PipelineFolder { get; }

    public string Workspace { get; }

    public CancellationToken Cancelled { get; }

    public string TrackingId { get; } = $"github_{Guid.NewGuid()}";

    /// <summary>Of what steps that run side by side read and change.</summary>
    public Lock Changing { get; } = new();

    /// <summary>Workflow's and job's <c>env:</c>, then what came through GITHUB_ENV.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>What came through GITHUB_PATH, the last one first.</summary>
    public List<string> Paths { get; } = [];

    /// <summary>Post steps, in the order in which they will run: the last registered is the first.</summary>
    public Stack<JobStep> PostSteps { get; } = [];

    /// <summary>The <c>steps</c> context of the job's own steps.</summary>
    public JsonObject Steps { get; } = [];

    public JobContainers? Containers { get; set; }

    public bool Failed { get; set; }

    /// <summary>PATH of a process on the machine.</summary>
    public string SearchPath
    {
        get
        {
            string own = Environment.GetValueOrDefault("PATH") ?? System.Environment.GetEnvironmentVariable("PATH")
                ?? "";
            return string.Join(':', Paths.Append(own));
        }
    }

    public void Say(string line) => _live(Masks.Apply(line));
}
