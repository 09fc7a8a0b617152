/** As many networks as there are situations, in one plan: the provider starts once for all of them. */
const root = (endpoint: string, region: string): string => `
variable "situations" { type = map(map(string)) }

provider "aws" {
  region                      = "${region}"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  endpoints {
    ec2 = "${endpoint}"
    iam = "${endpoint}"
    sts = "${endpoint}"
  }
}

module "network" {
  source          = "./network"
  for_each        = var.situations
  name            = each.key
  region          = "${region}"
  endpoint_source = lookup(each.value, "endpoint_source", "10.0.0.0/16")
  egress          = lookup(each.value, "egress", "nat")
  replies         = lookup(each.value, "replies", "allow")
  group_port      = lookup(each.value, "group_port", 443)
  actions         = lookup(each.value, "actions", "*")
  trusted         = lookup(each.value, "trusted", "ec2.amazonaws.com")
  messages        = lookup(each.value, "messages", true)
  nat_table       = lookup(each.value, "nat_table", "public")
  metadata        = lookup(each.value, "metadata", "enabled")
}

output "networks" { value = module.network }
`

/** One network with a variable for each thing that can be broken: an instance behind endpoints, one behind NAT. */
const NETWORK = `
variable "name" {}
variable "region" {}
variable "endpoint_source" {}
variable "egress" {}
variable "replies" {}
variable "group_port" {}
variable "actions" {}
variable "trusted" {}
variable "messages" {}
variable "nat_table" {}
variable "metadata" {}

resource "aws_iam_role" "node" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = var.trusted } }]
  })
}

resource "aws_iam_policy" "node" {
  name = var.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.actions, Resource = "*" }]
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  role       = aws_iam_role.node.name
  policy_arn = aws_iam_policy.node.arn
}

resource "aws_iam_instance_profile" "node" {
  name = var.name
  role = aws_iam_role.node.name
}

module "closed" {
  source          = "./closed"
  region          = var.region
  endpoint_source = var.endpoint_source
  services        = var.messages ? ["ssm", "ssmmessages", "ec2messages"] : ["ssm", "ec2messages"]
}

resource "aws_instance" "closed" {
  ami                    = "ami-12c6146b"
  instance_type          = "t3.micro"
  subnet_id              = module.closed.subnet_id
  vpc_security_group_ids = [module.closed.node_group_id]
  iam_instance_profile   = aws_iam_instance_profile.node.name
}

resource "aws_vpc" "two" {
  cidr_block = "10.1.0.0/16"
}

resource "aws_internet_gateway" "two" {
  vpc_id = aws_vpc.two.id
}

resource "aws_subnet" "two" {
  for_each          = { public = "10.1.9.0/24", private = "10.1.1.0/24" }
  vpc_id            = aws_vpc.two.id
  cidr_block        = each.value
  availability_zone = "\${var.region}a"
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.two.id
}

resource "aws_route" "public" {
  count                  = var.nat_table == "public" ? 1 : 0
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.two.id
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.two.id
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.two["public"].id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.two["private"].id
  route_table_id = aws_route_table.private.id
}

resource "aws_eip" "two" {
  domain = "vpc"
}

resource "aws_nat_gateway" "two" {
  subnet_id     = aws_subnet.two["public"].id
  allocation_id = aws_eip.two.id
}

resource "aws_route" "out" {
  count                  = var.egress == "none" ? 0 : 1
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = var.egress == "nat" ? aws_nat_gateway.two.id : null
  gateway_id             = var.egress == "internet" ? aws_internet_gateway.two.id : null
}

resource "aws_network_acl" "private" {
  vpc_id     = aws_vpc.two.id
  subnet_ids = [aws_subnet.two["private"].id]
}

resource "aws_network_acl_rule" "out" {
  network_acl_id = aws_network_acl.private.id
  rule_number    = 100
  egress         = true
  protocol       = "-1"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
}

resource "aws_network_acl_rule" "in" {
  network_acl_id = aws_network_acl.private.id
  rule_number    = 100
  egress         = false
  protocol       = "tcp"
  rule_action    = var.replies
  cidr_block     = "0.0.0.0/0"
  from_port      = 1024
  to_port        = 65535
}

resource "aws_security_group" "two" {
  name   = "node"
  vpc_id = aws_vpc.two.id
}

resource "aws_vpc_security_group_egress_rule" "two" {
  security_group_id = aws_security_group.two.id
  ip_protocol       = "tcp"
  from_port         = var.group_port
  to_port           = var.group_port
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_instance" "private" {
  ami                    = "ami-12c6146b"
  instance_type          = "t3.micro"
  subnet_id              = aws_subnet.two["private"].id
  vpc_security_group_ids = [aws_security_group.two.id]
  iam_instance_profile   = aws_iam_instance_profile.node.name
  metadata_options {
    http_endpoint = var.metadata
  }
}

output "closed" { value = aws_instance.closed.id }
output "private" { value = aws_instance.private.id }
output "endpoints" { value = { group = module.closed.endpoint_group_id, vpc = module.closed.vpc_id } }
`

/** The module that each network uses: references go through its variables and outputs. */
const CLOSED = `
variable "region" {}
variable "endpoint_source" {}
variable "services" {}

resource "aws_vpc" "this" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "this" {
  vpc_id            = aws_vpc.this.id
  cidr_block        = "10.0.1.0/24"
  availability_zone = "\${var.region}a"
}

resource "aws_security_group" "node" {
  name   = "node"
  vpc_id = aws_vpc.this.id
  egress {
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "endpoints" {
  name   = "endpoints"
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group_rule" "endpoints" {
  type              = "ingress"
  security_group_id = aws_security_group.endpoints.id
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = [var.endpoint_source]
}

resource "aws_vpc_endpoint" "of" {
  for_each            = toset(var.services)
  vpc_id              = aws_vpc.this.id
  vpc_endpoint_type   = "Interface"
  service_name        = "com.amazonaws.\${var.region}.\${each.key}"
  subnet_ids          = [aws_subnet.this.id]
  security_group_ids  = [aws_security_group.endpoints.id]
  private_dns_enabled = true
}

output "vpc_id" { value = aws_vpc.this.id }
output "subnet_id" { value = aws_subnet.this.id }
output "node_group_id" { value = aws_security_group.node.id }
output "endpoint_group_id" { value = aws_security_group.endpoints.id }
`

/** The files of the code. */
export const filesOf = (endpoint: string, region: string): Readonly<Record<string, string>> => ({
  'main.tf': root(endpoint, region),
  'network/main.tf': NETWORK,
  'network/closed/main.tf': CLOSED,
})
