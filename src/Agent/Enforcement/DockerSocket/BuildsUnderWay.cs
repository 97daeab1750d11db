using Sallyport.Agent.Host;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>
/// Builds that the job asked BuildKit for, by what each is to be called: the container of a RUN line is in no list of the daemon's, and the
/// time at which it was made is all that joins it to its build. Of several at one time none is named. Bounded by <see cref="Most"/>;
/// past it those that ended first are forgotten, and with nothing but open ones no further one is named.
/// </summary>
internal sealed class BuildsUnderWay
{
    private const int Most = 256;

    private readonly List<Build> builds = [];
    private readonly Lock changing = new();
    private bool isFull;

    /// <summary>A request to build; ends by <see cref="End"/>.</summary>
    /// <param name="tag">What the image is to be called; null when that was not said.</param>
    internal object Begin(string? tag)
    {
        var build = new Build(tag is null ? "build" : $"build of {tag}", BootClock.NowNs());
        lock (changing)
        {
            if (builds.Count >= Most && builds.FindIndex(one => one.EndedNs is not null) is >= 0 and var ended)
            {
                builds.RemoveAt(ended);
            }

            if (builds.Count < Most)
            {
                builds.Add(build);
            }
            else
            {
                isFull = true;
            }
        }

        return build;
    }

    /// <param name="build">As <see cref="Begin"/> gave it.</param>
    internal void End(object build)
    {
        lock (changing)
        {
            ((Build)build).EndedNs = BootClock.NowNs();
        }
    }

    /// <summary>What to call a container that BuildKit made then; null when no build was under way or it may be one of several.</summary>
    internal string? At(long bootTimeNs)
    {
        lock (changing)
        {
            var then = builds.FindAll(build => build.BeganNs <= bootTimeNs && !(build.EndedNs < bootTimeNs));
            return !isFull && then.Count > 0 && then.TrueForAll(build => build.Name == then[0].Name) ? then[0].Name : null;
        }
    }

    private sealed class Build(string name, long beganNs)
    {
        internal string Name { get; } = name;

        internal long BeganNs { get; } = beganNs;

        internal long? EndedNs { get; set; }
    }
}
