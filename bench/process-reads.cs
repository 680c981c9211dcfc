// dotnet run bench/process-reads.cs ROUNDS PID...
// The measure for a list of processes: one plain read of /proc/PID/{stat,status,cmdline} of each. Prints the microseconds of each round but the first.
using System.Diagnostics;
using System.Globalization;

var rounds = int.Parse(args[0], CultureInfo.InvariantCulture);
var files = args.Skip(1).SelectMany(pid => new[] { $"/proc/{pid}/stat", $"/proc/{pid}/status", $"/proc/{pid}/cmdline" }).ToArray();
for (var round = 0; round <= rounds; round++)
{
    var start = Stopwatch.GetTimestamp();
    var bytes = 0L;
    foreach (var file in files)
    {
        bytes += File.ReadAllBytes(file).Length;
    }

    if (round > 0)
    {
        Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMicroseconds:0}");
    }

    if (bytes == 0)
    {
        return 1;
    }
}

return 0;
