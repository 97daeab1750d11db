using Sallyport.Runner.Messages;
using YamlDotNet.RepresentationModel;

namespace Sallyport.Runner.Workflows;

/// <summary><c>container:</c> and <c>services:</c>.</summary>
internal static class ContainerReader
{
    public static ContainerRequest? Job(YamlMap job) => job["container"] switch
    {
        null => null,
        YamlScalarNode image => new ContainerRequest { Image = image.Value! },
        _ => Read(job.Map("container")!),
    };

    public static Dictionary<string, ContainerRequest> Services(YamlMap job) => job.Map("services") is { } services
        ? services.Keys.ToDictionary(name => name, name => Read(services.Map(name)!))
        : [];

    private static ContainerRequest Read(YamlMap container) => new()
    {
        Image = container.Only("container", "image", "env", "ports", "volumes", "options").Needed("image"),
        Env = container.Texts("env"),
        Ports = container.List("ports"),
        Volumes = container.List("volumes"),
        Options = container.Text("options") ?? "",
    };
}
